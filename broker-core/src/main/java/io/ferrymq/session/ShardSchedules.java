package io.ferrymq.session;

import io.ferrymq.flow.Join;
import io.ferrymq.flow.Receipt;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Schedules;
import io.ferrymq.shard.Shards;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Asks all shards for what they have scheduled. Any thread. */
final class ShardSchedules implements ScheduledMessages {
    private static final Comparator<ScheduledMessage> BY_TIME = Comparator.comparingLong(ScheduledMessage::dueMs);

    private final Shards shards;

    ShardSchedules(Shards shards) {
        this.shards = shards;
    }

    @Override
    public void list(long fromMs, long toMs, Consumer<List<ScheduledMessage>> reader) {
        Queue<List<ScheduledMessage>> lists = new ConcurrentLinkedQueue<>();
        Receipt all = Receipt.always(() -> reader.accept(
                lists.stream().flatMap(Collection::stream).sorted(BY_TIME).toList()));
        each(all, (schedules, receipt) -> {
            schedules.list(fromMs, toMs, found -> {
                lists.add(found);
                receipt.done();
            });
        });
    }

    @Override
    public void remove(String jobId, Receipt receipt) {
        each(receipt, (schedules, part) -> schedules.remove(jobId, part));
    }

    @Override
    public void removeAll(long fromMs, long toMs, Receipt receipt) {
        each(receipt, (schedules, part) -> schedules.removeAll(fromMs, toMs, part));
    }

    private void each(Receipt receipt, BiConsumer<Schedules, Receipt> action) {
        Join join = new Join(shards.all().size(), receipt);
        shards.all().forEach(shard -> shard.inbox()
                .put(new Command.WithSchedules(schedules -> action.accept(schedules, join))));
    }
}
