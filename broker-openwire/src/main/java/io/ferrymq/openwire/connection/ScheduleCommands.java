package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.session.ScheduledMessages;
import io.ferrymq.transaction.TransactionId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages that ask for or remove what is scheduled: those sent to ActiveMQ.Scheduler.Management, which nobody receives. Owned by
 * the connection's event loop.
 */
final class ScheduleCommands {
    private static final String MANAGEMENT = "ActiveMQ.Scheduler.Management";
    private static final String ACTION = "AMQ_SCHEDULER_ACTION";
    private static final String START_TIME = "ACTION_START_TIME";
    private static final String END_TIME = "ACTION_END_TIME";
    /** Copies on their way to somebody who browses; the next ones wait for these. */
    private static final int COPIES_AT_A_TIME = 256;

    private final Link link;
    private final ClientState state;
    private final ScheduledMessages scheduled;
    private final Supplier<MessageId> ids;

    /** @param ids of messages that the broker itself sends */
    ScheduleCommands(Link link, ClientState state, ScheduledMessages scheduled, Supplier<MessageId> ids) {
        this.link = link;
        this.state = state;
        this.scheduled = scheduled;
        this.ids = ids;
    }

    /** As Classic tells them: by the beginning of the name, in any case, a topic or a queue. */
    static boolean isFor(DestinationName destination) {
        return destination.physicalName().regionMatches(true, 0, MANAGEMENT, 0, MANAGEMENT.length());
    }

    /** Transactions do not matter here, as in Classic. What is not understood is ignored. */
    void onMessage(Message wire, Receipt receipt) {
        Map<String, @Nullable Object> properties = wire.marshalledProperties == null
                ? Map.of()
                : PrimitiveMap.decode(wire.marshalledProperties, PrimitiveMap.Limits.defaults());
        Range range;
        try {
            range = range(properties);
        } catch (NumberFormatException e) {
            receipt.refused(new Refusal(Refusal.Code.INVALID_MESSAGE, String.valueOf(e.getMessage())));
            return;
        }
        switch (String.valueOf(properties.get(ACTION))) {
            case "BROWSE" -> browse(wire, range, receipt);
            case "REMOVE" -> {
                Object id = properties.get(ScheduleProperties.JOB_ID);
                scheduled.remove(String.valueOf(id), receipt);
            }
            case "REMOVEALL" -> scheduled.removeAll(range.fromMs(), range.toMs(), receipt);
            default -> receipt.done();
        }
    }

    private record Range(long fromMs, long toMs) {}

    private static Range range(Map<String, @Nullable Object> properties) {
        Object start = properties.get(START_TIME);
        Object end = properties.get(END_TIME);
        return start == null || end == null
                ? new Range(Long.MIN_VALUE, Long.MAX_VALUE)
                : new Range(Long.parseLong(start.toString()), Long.parseLong(end.toString()));
    }

    private void browse(Message wire, Range range, Receipt receipt) {
        Optional<DestinationName> replyTo = new Names().destination(wire.replyTo);
        if (replyTo.isEmpty()) {
            receipt.done();
        } else {
            scheduled.list(
                    range.fromMs(),
                    range.toMs(),
                    all -> link.execute(() -> sendCopies(all, 0, replyTo.get(), receipt)));
        }
    }

    private void sendCopies(List<ScheduledMessage> all, int from, DestinationName to, Receipt receipt) {
        int until = Math.min(all.size(), from + COPIES_AT_A_TIME);
        if (from == until) {
            receipt.done();
            return;
        }
        Receipt next = Outcomes.afterAll(
                until - from,
                Outcomes.before(receipt, done -> link.execute(() -> sendCopies(all, until, to, receipt))));
        for (ScheduledMessage one : all.subList(from, until)) {
            state.client().send(copy(one, to), TransactionId.NONE, next);
        }
        state.client().flush();
    }

    private io.ferrymq.message.Message copy(ScheduledMessage of, DestinationName to) {
        return of.message().toBuilder()
                .id(ids.get())
                .destination(to)
                .originalDestination(of.message().destination())
                .type("Advisory")
                .persistent(false)
                .annotations(ScheduleProperties.of(of))
                .schedule(null)
                .build();
    }
}
