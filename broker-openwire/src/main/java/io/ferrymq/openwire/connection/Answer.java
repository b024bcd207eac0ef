package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;

/** Answers one command when its outcome is known. Any thread. */
final class Answer implements Receipt {
    private final Link link;
    private final int commandId;
    private final boolean required;

    Answer(Link link, int commandId, boolean required) {
        this.link = link;
        this.commandId = commandId;
        this.required = required;
    }

    @Override
    public void done() {
        link.respond(commandId, required);
        link.release(Link.COMMAND_BYTES);
    }

    @Override
    public void refused(Refusal refusal) {
        link.refuse(commandId, required, refusal);
        link.release(Link.COMMAND_BYTES);
    }
}
