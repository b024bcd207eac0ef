package io.ferrymq.admin;

import io.ferrymq.flow.Receipt;
import io.ferrymq.message.Message;
import io.ferrymq.message.ScheduledMessage;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Schedules;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** What an operator can see and do of messages that wait for their time. Any thread but shard and I/O threads. */
public final class ScheduleAdmin {
    private final Shards shards;

    ScheduleAdmin(Shards shards) {
        this.shards = shards;
    }

    /** How many wait. */
    public long count() {
        return ask(Schedules::count).stream().mapToLong(Integer::longValue).sum();
    }

    /** All that wait, in the order in which they are due. */
    public List<ScheduledMessageView> list() {
        return each((Schedules schedules, CompletableFuture<List<ScheduledMessage>> answer) ->
                        schedules.list(Long.MIN_VALUE, Long.MAX_VALUE, answer::complete))
                .stream()
                .flatMap(List::stream)
                .sorted(Comparator.comparingLong(ScheduledMessage::dueMs))
                .map(ScheduleAdmin::view)
                .toList();
    }

    private static ScheduledMessageView view(ScheduledMessage scheduled) {
        Message message = scheduled.message();
        return new ScheduledMessageView(
                scheduled.jobId(),
                message.destination(),
                message.id().toString(),
                scheduled.dueMs(),
                message.schedule().orElseThrow());
    }

    /** Removes the one with this id, if there is such. */
    public void remove(String jobId) {
        change((schedules, receipt) -> schedules.remove(jobId, receipt));
    }

    /** Removes those due between two times, both inclusive, in milliseconds since the epoch. */
    public void removeAll(long fromMs, long toMs) {
        change((schedules, receipt) -> schedules.removeAll(fromMs, toMs, receipt));
    }

    private <T> List<T> ask(Function<Schedules, T> question) {
        return each((schedules, answer) -> answer.complete(question.apply(schedules)));
    }

    private void change(BiConsumer<Schedules, Receipt> change) {
        each((Schedules schedules, CompletableFuture<Boolean> answer) -> change.accept(schedules, whenEnded(answer)));
    }

    private static Receipt whenEnded(CompletableFuture<Boolean> answer) {
        return Receipt.of(
                () -> answer.complete(true),
                refusal -> answer.completeExceptionally(new IllegalStateException(refusal.toString())));
    }

    private <T> List<T> each(BiConsumer<Schedules, CompletableFuture<T>> action) {
        List<CompletableFuture<T>> answers =
                shards.all().stream().map(shard -> onSchedules(shard, action)).toList();
        return answers.stream().map(BrokerAdmin::await).toList();
    }

    private static <T> CompletableFuture<T> onSchedules(
            Shard shard, BiConsumer<Schedules, CompletableFuture<T>> action) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        shard.inbox().put(new Command.WithSchedules(schedules -> action.accept(schedules, answer)));
        return answer;
    }
}
