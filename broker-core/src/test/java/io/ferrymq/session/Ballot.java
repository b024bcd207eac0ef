package io.ferrymq.session;

import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.session.Bench.Answer;

/** A vote that can be asked. */
final class Ballot implements Vote {
    final Answer answer = new Answer();
    private boolean readOnly;

    @Override
    public void done() {
        answer.done();
    }

    @Override
    public void readOnly() {
        readOnly = true;
    }

    @Override
    public void refused(Refusal why) {
        answer.refused(why);
    }

    boolean isPrepared() {
        return answer.isDone();
    }

    boolean isReadOnly() {
        return readOnly;
    }

    Refusal refusal() {
        return answer.refusal();
    }
}
