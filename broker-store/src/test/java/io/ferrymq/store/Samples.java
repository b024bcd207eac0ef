package io.ferrymq.store;

import io.ferrymq.journal.Record;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import io.ferrymq.message.Schedule;
import io.ferrymq.message.Xid;
import java.util.List;

/** Records of every kind. */
final class Samples {
    private Samples() {}

    static Record.MessageAdded message(long sequence, DestinationName destination) {
        return typed(sequence, destination, "plain");
    }

    static Record.MessageAdded typed(long sequence, DestinationName destination, String type) {
        return new Record.MessageAdded(
                sequence, builder(sequence, destination).type(type).build());
    }

    static Record.MessageScheduled scheduled(long job, DestinationName destination) {
        Message message =
                builder(job, destination).schedule(new Schedule(1000, 0, 0, "")).build();
        return new Record.MessageScheduled(job, 1_700_000_001_000L, 0, message);
    }

    static Record.TransactionPrepared prepared(
            int number, List<Record.MessagesRemoved> acknowledged, Message... sends) {
        return new Record.TransactionPrepared(xid(number), 1_700_000_000_000L, 0, acknowledged, List.of(sends));
    }

    static Xid xid(int number) {
        return new Xid(1, new byte[] {(byte) number}, new byte[] {1});
    }

    private static Message.Builder builder(long sequence, DestinationName destination) {
        return Message.builder(new MessageId(new ProducerId("ID:samples", 1, 1), sequence), destination)
                .persistent(true)
                .timestampMs(1_700_000_000_000L);
    }
}
