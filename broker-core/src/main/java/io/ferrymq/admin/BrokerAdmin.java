package io.ferrymq.admin;

import io.ferrymq.journal.Journal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.session.SessionRegistry;
import io.ferrymq.shard.Command;
import io.ferrymq.shard.Shard;
import io.ferrymq.shard.Shards;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** What an operator can see of a broker. Any thread but shard and I/O threads, since pictures are taken by the shards. */
public final class BrokerAdmin {
    private static final int PICTURE_TIMEOUT_S = 10;

    private final Shards shards;
    private final SessionRegistry sessions;
    private final Journal journal;

    public BrokerAdmin(Shards shards, SessionRegistry sessions, Journal journal) {
        this.shards = shards;
        this.sessions = sessions;
        this.journal = journal;
    }

    /** All destinations there are. */
    public List<DestinationView> destinations() {
        List<CompletableFuture<List<Command.DestinationCount>>> pictures =
                shards.all().stream().map(BrokerAdmin::inspect).toList();
        Stream<Command.DestinationCount> all = pictures.stream().flatMap(picture -> await(picture).stream());
        return all.map(count -> new DestinationView(count.name(), count.messages(), count.consumers()))
                .toList();
    }

    /** One destination, if it exists. */
    public Optional<DestinationView> destination(DestinationName name) {
        return await(inspect(shards.ownerOf(name))).stream()
                .filter(count -> count.name().equals(name))
                .map(count -> new DestinationView(name, count.messages(), count.consumers()))
                .findFirst();
    }

    /** The messages that wait for their time. */
    public ScheduleAdmin schedules() {
        return new ScheduleAdmin(shards);
    }

    public int connections() {
        return sessions.connectionCount();
    }

    public Journal.Status journal() {
        return journal.status();
    }

    private static CompletableFuture<List<Command.DestinationCount>> inspect(Shard shard) {
        CompletableFuture<List<Command.DestinationCount>> picture = new CompletableFuture<>();
        shard.inbox().put(new Command.Inspect(picture::complete));
        return picture;
    }

    static <T> T await(CompletableFuture<T> picture) {
        try {
            return picture.get(PICTURE_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a shard takes its picture", interrupted);
        } catch (ExecutionException | TimeoutException failure) {
            throw new IllegalStateException("no picture of a shard: it is stopped or too busy", failure);
        }
    }
}
