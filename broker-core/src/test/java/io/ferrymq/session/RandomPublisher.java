package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.Xid;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Publishes at random: messages alone, in transactions, in global ones that outlive their broker. */
final class RandomPublisher {
    /** Messages that are published together. */
    private static final class Publishing {
        final List<Message> messages = new ArrayList<>();
        final @Nullable TransactionId transaction;
        boolean asked;
        boolean prepared;

        @Nullable
        Ballot ballot;

        @Nullable
        Answer answer;

        boolean rollingBack;

        Publishing(@Nullable TransactionId transaction) {
            this.transaction = transaction;
        }
    }

    private final Random random;
    private final Chance chance;
    private final List<String> topics;
    private final List<String> colours;
    private final Consumer<String> story;
    private final Consumer<List<Message>> whenAsked;
    private final Consumer<List<Message>> whenThere;
    private final List<Publishing> publishing = new ArrayList<>();
    private Bench bench;
    private int names;
    private @Nullable TestClient client;
    private @Nullable Publishing open;

    /**
     * @param whenAsked is told of messages that the broker is asked to publish
     * @param whenThere is told of those that it has said to have published
     */
    RandomPublisher(
            Random random,
            List<String> topics,
            List<String> colours,
            Consumer<String> story,
            Consumer<List<Message>> whenAsked,
            Consumer<List<Message>> whenThere) {
        this.random = random;
        this.chance = new Chance(random);
        this.topics = topics;
        this.colours = colours;
        this.story = story;
        this.whenAsked = whenAsked;
        this.whenThere = whenThere;
    }

    /** A broker, perhaps after another one over the same log: what was answered is so, what was not may be so or not. */
    void connectTo(Bench newBench) {
        bench = newBench;
        client = null;
        open = null;
        recoverPrepared();
    }

    void close() {
        if (client != null) {
            client.close();
            client = null;
        }
        open = null;
    }

    /** What may have been published and has not been answered. */
    List<Message> onTheirWay() {
        return publishing.stream()
                .filter(one -> one.asked)
                .flatMap(one -> one.messages.stream())
                .toList();
    }

    Set<MessageId> unanswered() {
        return publishing.stream()
                .flatMap(one -> one.messages.stream())
                .map(Message::id)
                .collect(Collectors.toSet());
    }

    void readAnswers() {
        List.copyOf(publishing).forEach(this::readAnswer);
    }

    void decideAll() {
        publishing.stream()
                .filter(one -> one.prepared && one.answer == null)
                .toList()
                .forEach(this::decide);
    }

    private TestClient client() {
        if (client == null) {
            client = bench.connect("ID:publisher-" + ++names, false);
        }
        return client;
    }

    private Message message() {
        DestinationName topic = DestinationName.topic(chance.pick(topics));
        boolean persistent = random.nextInt(8) > 0;
        return client().message(topic, persistent, 0).toBuilder()
                .properties(("colour=" + chance.pick(colours)).getBytes(StandardCharsets.UTF_8))
                .build();
    }

    void publish() {
        Publishing alone = new Publishing(null);
        Message message = message();
        alone.messages.add(message);
        publishing.add(alone);
        story.accept("publish " + message);
        asked(alone);
        alone.answer = client().send(message, TransactionId.NONE);
    }

    void publishInTransaction() {
        if (open == null) {
            open = new Publishing(
                    random.nextBoolean()
                            ? client().begin(++names)
                            : client().begin(new Xid(++names, new byte[] {1}, new byte[0])));
        }
        Message message = message();
        open.messages.add(message);
        story.accept("publish in " + open.transaction + ": " + message);
        client().send(message, open.transaction);
    }

    private void asked(Publishing one) {
        one.asked = true;
        whenAsked.accept(one.messages);
    }

    void commit() {
        Publishing mine = open;
        if (mine != null) {
            open = null;
            story.accept("commit " + mine.transaction);
            publishing.add(mine);
            asked(mine);
            mine.answer = client().commit(mine.transaction);
        }
    }

    void rollBack() {
        Publishing mine = open;
        if (mine != null && mine.transaction instanceof TransactionId.Local) {
            open = null;
            story.accept("roll back " + mine.transaction);
            client().rollback(mine.transaction);
        }
    }

    void prepare() {
        Publishing mine = open;
        if (mine != null && mine.transaction instanceof TransactionId.Global) {
            open = null;
            story.accept("prepare " + mine.transaction);
            publishing.add(mine);
            mine.ballot = client().prepare(mine.transaction);
        }
    }

    void decide() {
        List<Publishing> prepared = publishing.stream()
                .filter(one -> one.prepared && one.answer == null)
                .toList();
        if (!prepared.isEmpty()) {
            decide(chance.pick(prepared));
        }
    }

    private void decide(Publishing one) {
        one.rollingBack = random.nextInt(3) == 0;
        story.accept((one.rollingBack ? "roll back " : "commit ") + one.transaction);
        if (one.rollingBack) {
            one.answer = client().rollback(one.transaction);
        } else {
            asked(one);
            one.answer = client().commitPrepared(one.transaction);
        }
    }

    private void recoverPrepared() {
        List<Xid> found = client().recover();
        for (Publishing one : List.copyOf(publishing)) {
            boolean there = one.transaction instanceof TransactionId.Global global && found.remove(global.xid());
            if (there) {
                one.prepared = true;
                one.ballot = null;
                one.answer = null;
            } else {
                assertThat(one.prepared && one.answer == null)
                        .as("a prepared transaction is lost: %s", one.transaction)
                        .isFalse();
                publishing.remove(one);
            }
        }
        assertThat(found).as("prepared by nobody").isEmpty();
    }

    private void readAnswer(Publishing one) {
        if (one.ballot != null && !one.ballot.answer.isOpen()) {
            assertThat(one.ballot.isPrepared())
                    .as("%s is prepared", one.transaction)
                    .isTrue();
            one.ballot = null;
            one.prepared = true;
        }
        if (one.answer == null || one.answer.isOpen()) {
            return;
        }
        assertThat(one.answer.isDone()).as("published: %s", one.messages).isTrue();
        publishing.remove(one);
        if (!one.rollingBack) {
            whenThere.accept(one.messages);
        }
    }
}
