package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.ProducerAck;
import io.ferrymq.openwire.command.ProducerId;
import org.jspecify.annotations.Nullable;

/**
 * Answers one message when it is safe: a Response to a synchronous send, a ProducerAck to an asynchronous one of a producer
 * with a window (exchanges, section 4). Until then the message counts against its connection. Any thread.
 */
final class SendReceipt implements Receipt {
    private final Link link;
    private final int commandId;
    private final boolean required;
    private final @Nullable ProducerId windowed;
    private final int windowBytes;
    private final int heldBytes;

    /** @param windowed the producer whose window the message came through, or null when it has none */
    SendReceipt(Link link, Message message, @Nullable ProducerId windowed, int windowBytes, int heldBytes) {
        this.link = link;
        this.commandId = message.commandId;
        this.required = message.responseRequired;
        this.windowed = windowed;
        this.windowBytes = windowBytes;
        this.heldBytes = heldBytes;
        link.hold(heldBytes);
    }

    @Override
    public void done() {
        link.respond(commandId, required);
        end();
    }

    @Override
    public void refused(Refusal refusal) {
        link.refuse(commandId, required, refusal);
        end();
    }

    /** A refused message gives its window back too: else the client would wait for it for ever. */
    private void end() {
        if (windowed != null && !required) {
            ProducerAck ack = new ProducerAck();
            ack.producerId = windowed;
            ack.size = windowBytes;
            link.send(ack);
        }
        link.release(heldBytes);
    }
}
