package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Vote;
import io.ferrymq.openwire.command.IntegerResponse;
import io.ferrymq.openwire.command.TransactionInfo;

/** Answers PREPARE with a number, which the client casts to (exchanges, section 10). Any thread. */
final class PrepareAnswer implements Vote {
    // Values of javax.transaction.xa.XAResource.
    private static final int XA_OK = 0;
    private static final int XA_RDONLY = 3;

    private final Link link;
    private final int commandId;
    private final boolean required;

    PrepareAnswer(Link link, TransactionInfo info) {
        this.link = link;
        this.commandId = info.commandId;
        this.required = info.responseRequired;
        link.hold(Link.COMMAND_BYTES);
    }

    @Override
    public void done() {
        answer(XA_OK);
    }

    @Override
    public void readOnly() {
        answer(XA_RDONLY);
    }

    private void answer(int result) {
        if (required) {
            IntegerResponse response = new IntegerResponse();
            response.correlationId = commandId;
            response.result = result;
            link.send(response);
        }
        link.release(Link.COMMAND_BYTES);
    }

    @Override
    public void refused(Refusal refusal) {
        link.refuse(commandId, required, refusal);
        link.release(Link.COMMAND_BYTES);
    }
}
