package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.admin.PreparedTransactionView;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.Limits;
import io.ferrymq.flow.Refusal;
import io.ferrymq.journal.MemoryLog;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.Xid;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Global (XA) transactions: their states, who may move them on, and what a crash leaves of them. */
class GlobalTransactionTest {
    private static final int NO_LIMIT = Integer.MAX_VALUE - 1;
    private static final DestinationName IN = DestinationName.queue("IN");
    private static final DestinationName OUT = DestinationName.queue("OUT");
    private static final DestinationName OTHER = DestinationName.queue("OTHER");
    private static final DestinationName GONE = new DestinationName(DestinationName.Kind.TEMP_QUEUE, "ID:gone:1");
    private static final Xid XID = new Xid(7, new byte[] {1, -1}, new byte[] {2});
    private static final TransactionId ID = new TransactionId.Global(XID);

    /** Takes the first message of IN, of which there are two, and sends one each to OUT and OTHER. */
    private static TestClient worked(Bench bench) {
        TestClient client = bench.client();
        client.send(IN, 2);
        work(client);
        return client;
    }

    private static void work(TestClient client) {
        ConsumerId consumer = client.consume(IN, 1);
        client.begin(XID);
        assertThat(client.ack(AckType.STANDARD, consumer, client.last(), client.last(), 1, ID)
                        .isDone())
                .isTrue();
        assertThat(client.send(client.message(OUT, true, 0), ID).isDone()).isTrue();
        assertThat(client.send(client.message(OTHER, true, 0), ID).isDone()).isTrue();
    }

    /** What a new client finds where, as {@code queue:redeliveries}. */
    private static List<String> found(Bench bench) {
        TestClient reader = bench.client();
        for (DestinationName queue : List.of(IN, OUT, OTHER)) {
            reader.consume(queue, 10);
        }
        List<String> found = new ArrayList<>();
        for (Delivery delivery : reader.deliveries) {
            found.add(delivery.message().destination().physicalName() + ':' + delivery.redeliveries());
        }
        reader.port().close(-1, () -> {});
        bench.run();
        return found;
    }

    private static void consumeAll(Bench bench) {
        TestClient reader = bench.client();
        for (DestinationName queue : List.of(IN, OUT, OTHER)) {
            ConsumerId consumer = reader.consume(queue, 100);
            List<Delivery> all = reader.deliveries.stream()
                    .filter(one -> one.consumer().equals(consumer))
                    .toList();
            all.forEach(one -> reader.ack(AckType.STANDARD, consumer, one));
        }
        reader.close();
        assertThat(bench.usedBytes()).as("memory still counted").isZero();
        assertThat(bench.journalStatus().liveRecords())
                .as("one per queue")
                .isEqualTo(bench.queueNames().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLetAnyClientMoveATransactionOn(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        TestClient other = bench.client();
        other.begin(XID);
        assertThat(other.send(other.message(OUT, true, 0), ID).isDone()).isTrue();
        assertThat(bench.client().prepare(ID).refusal().code()).isEqualTo(Refusal.Code.ILLEGAL_STATE);
        assertThat(other.prepare(ID).isPrepared()).isTrue();
        assertThat(bench.client().recover()).containsExactly(XID);
        assertThat(bench.client().commitPrepared(ID).isDone()).isTrue();
        assertThat(bench.client().recover()).isEmpty();
        worker.close();
        other.close();
        assertThat(found(bench)).containsExactlyInAnyOrder("IN:1", "OUT:0", "OUT:0", "OTHER:0");
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldCommitInOnePhase(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        assertThat(bench.client().commit(ID).isDone()).isTrue();
        worker.close();
        assertThat(found(bench.crashAndRestart())).containsExactlyInAnyOrder("IN:1", "OUT:1", "OTHER:1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRollBackWithTheConnectionThatStartedIt(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        TestClient joined = bench.client();
        joined.begin(XID);
        bench.client().close();
        joined.send(joined.message(OUT, true, 0), ID);
        worker.close();
        assertThat(joined.send(joined.message(OUT, true, 0), ID).refusal().code())
                .isEqualTo(Refusal.Code.GLOBAL_TRANSACTION_STATE);
        assertThat(joined.prepare(ID).refusal().code()).isEqualTo(Refusal.Code.ILLEGAL_STATE);
        assertThat(found(bench)).containsExactly("IN:1", "IN:0");
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldKeepAPreparedTransactionWhenAllConnectionsAreLost(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        worker.prepare(ID);
        worker.close();
        assertThat(found(bench)).containsExactly("IN:0");
        TestClient manager = bench.client();
        assertThat(manager.rollback(ID).isDone()).isTrue();
        consumeAll(bench);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "4, true", "4, false"})
    void shouldCommitAPreparedTransactionAfterARestart(int shards, boolean crash) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        assertThat(worker.prepare(ID).isPrepared()).isTrue();
        Bench restarted = restart(bench, worker, crash);
        assertThat(restarted.client().recover()).containsExactly(XID);
        TestClient watcher = restarted.client();
        List.of(IN, OUT, OTHER).forEach(queue -> watcher.consume(queue, 10));
        assertThat(watcher.deliveries).hasSize(1);
        assertThat(restarted.client().commitPrepared(ID).isDone()).isTrue();
        assertThat(watcher.deliveries)
                .extracting(one -> one.message().destination())
                .containsExactlyInAnyOrder(IN, OUT, OTHER);
        watcher.close();
        Bench again = restarted.crashAndRestart();
        assertThat(again.client().recover()).isEmpty();
        assertThat(found(again)).hasSize(3);
        consumeAll(again);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "4, true", "4, false"})
    void shouldRollBackAPreparedTransactionAfterARestart(int shards, boolean crash) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        worker.prepare(ID);
        Bench restarted = restart(bench, worker, crash);
        TestClient watcher = restarted.client();
        List.of(IN, OUT, OTHER).forEach(queue -> watcher.consume(queue, 10));
        assertThat(restarted.client().rollback(ID).isDone()).isTrue();
        assertThat(watcher.deliveries).hasSize(2);
        assertThat(watcher.last().message().destination()).isEqualTo(IN);
        assertThat(watcher.last().redeliveries()).isPositive();
        Bench again = restarted.crashAndRestart();
        assertThat(again.client().recover()).isEmpty();
        assertThat(found(again)).hasSize(2).allMatch(one -> one.startsWith("IN:"));
        consumeAll(again);
    }

    private static Bench restart(Bench bench, TestClient client, boolean crash) {
        if (crash) {
            return bench.crashAndRestart();
        }
        client.close();
        return bench.stopAndRestart();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldStayPreparedOverManyRestarts(int shards) {
        Bench bench = Bench.bench(shards);
        worked(bench).prepare(ID);
        for (int i = 0; i < 3; i++) {
            bench = bench.crashAndRestart();
            assertThat(bench.client().recover()).containsExactly(XID);
        }
        TestClient manager = bench.client();
        manager.begin(XID);
        assertThat(manager.prepare(ID).isPrepared()).isTrue();
        assertThat(bench.client().commit(ID).isDone()).isTrue();
        assertThat(found(bench)).hasSize(3);
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotBePreparedBeforeItIsDurable(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        bench.journal().stall(NO_LIMIT);
        Ballot ballot = worker.prepare(ID);
        assertThat(ballot.answer.isOpen()).isTrue();
        assertThat(worker.recover()).isEmpty();
        Bench restarted = bench.crashAndRestart();
        assertThat(restarted.client().recover()).isEmpty();
        assertThat(found(restarted)).containsExactly("IN:1", "IN:1");
        consumeAll(restarted);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "4, true", "4, false"})
    void shouldStayPreparedWhenItsOutcomeIsNotDurable(int shards, boolean committing) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        worker.prepare(ID);
        bench.journal().stall(NO_LIMIT);
        Answer answer = committing ? worker.commitPrepared(ID) : worker.rollback(ID);
        assertThat(answer.isOpen()).isTrue();
        assertThat(worker.recover()).containsExactly(XID);
        assertThat(worker.deliveries).hasSize(1);
        Bench restarted = bench.crashAndRestart();
        assertThat(restarted.client().recover()).containsExactly(XID);
        assertThat(restarted.client().commitPrepared(ID).isDone()).isTrue();
        assertThat(found(restarted)).hasSize(3);
        consumeAll(restarted);
    }

    /** The shard that decides may be faster than those that have the work still in their inboxes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldPrepareWhatIsStillOnItsWay(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.begin(XID);
        List<Answer> answers = new ArrayList<>();
        for (DestinationName queue : List.of(IN, OUT, OTHER)) {
            Answer answer = new Answer();
            answers.add(answer);
            client.port().send(client.message(queue, true, 0), ID, answer);
        }
        assertThat(client.prepare(ID).isPrepared()).isTrue();
        assertThat(answers).allMatch(Answer::isDone);
        assertThat(client.commitPrepared(ID).isDone()).isTrue();
        assertThat(found(bench)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldDoStepsOneAfterTheOther(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        TestClient other = bench.client();
        other.begin(XID);
        bench.journal().stall(NO_LIMIT);
        Ballot first = worker.prepare(ID);
        Ballot second = other.prepare(ID);
        Answer commit = worker.commitPrepared(ID);
        Answer late = other.rollback(ID);
        assertThat(List.of(first.answer, second.answer, commit, late)).allMatch(Answer::isOpen);
        bench.journal().letThrough();
        bench.run();
        assertThat(first.isPrepared()).isTrue();
        assertThat(second.isPrepared()).isTrue();
        assertThat(commit.isDone()).isTrue();
        assertThat(late.refusal().code()).isEqualTo(Refusal.Code.GLOBAL_TRANSACTION_UNKNOWN);
        worker.close();
        assertThat(found(bench)).hasSize(3);
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldFinishWhatHasNoWork(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        client.begin(XID);
        assertThat(client.prepare(ID).isReadOnly()).isTrue();
        Refusal refusal = client.prepare(ID).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.ILLEGAL_STATE);
        assertThat(refusal.message())
                .isEqualTo("Cannot prepare a transaction that had not been started or previously returned XA_RDONLY: "
                        + "XID:[7,globalId=01ff,branchId=02]");
        client.begin(XID);
        assertThat(client.commit(ID).isDone()).isTrue();
        client.begin(XID);
        assertThat(client.rollback(ID).isDone()).isTrue();
        assertThat(bench.journalStatus().durablePosition()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseWhatIsUnknownOrInTheWrongState(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient client = bench.client();
        for (Refusal refusal : List.of(
                client.commit(ID).refusal(),
                client.commitPrepared(ID).refusal(),
                client.rollback(ID).refusal(),
                client.forget(ID).refusal(),
                client.send(client.message(OUT, true, 0), ID).refusal())) {
            assertThat(refusal.code()).isEqualTo(Refusal.Code.GLOBAL_TRANSACTION_UNKNOWN);
            assertThat(refusal.message())
                    .isEqualTo("Transaction 'XID:[7,globalId=01ff,branchId=02]' has not been started.");
        }
        client.begin(XID);
        Refusal refusal = client.commitPrepared(ID).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.GLOBAL_TRANSACTION_STATE);
        assertThat(refusal.message()).isEqualTo("Cannot do 2 phase commit if the transaction has not been prepared");
        client.send(client.message(OUT, true, 0), ID);
        assertThat(client.prepare(ID).isPrepared()).isTrue();
        assertThat(client.send(client.message(OUT, true, 0), ID).refusal().code())
                .isEqualTo(Refusal.Code.GLOBAL_TRANSACTION_STATE);
        assertThat(client.forget(ID).isDone()).isTrue();
        assertThat(found(bench)).isEmpty();
        consumeAll(bench);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "4, true", "4, false"})
    void shouldUndoWhatHadFailedAndLetItBeRolledBackOnceMore(int shards, boolean twoPhases) {
        Bench bench = Bench.bench(shards);
        TestClient worker = worked(bench);
        worker.send(worker.message(GONE, false, 0), ID);
        Refusal refusal =
                twoPhases ? worker.prepare(ID).refusal() : worker.commit(ID).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.TRANSACTION_ROLLED_BACK);
        assertThat(refusal.message()).startsWith("COMMIT FAILED: Transaction marked rollback only");
        assertThat(worker.commit(ID).refusal().code()).isEqualTo(Refusal.Code.TRANSACTION_ROLLED_BACK);
        assertThat(worker.rollback(ID).isDone()).isTrue();
        worker.close();
        assertThat(found(bench)).containsExactly("IN:1", "IN:0");
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldStartOverWithAConnectionThatComesBack(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient old = bench.connect("ID:same", false);
        old.begin(XID);
        Message message = old.message(OUT, true, 0);
        old.send(message, ID);
        TestClient back = bench.connect("ID:same", true);
        back.begin(XID);
        back.send(message, ID);
        old.send(old.message(OTHER, true, 0), ID);
        old.begin(XID);
        old.close();
        assertThat(back.prepare(ID).isPrepared()).isTrue();
        assertThat(back.commitPrepared(ID).isDone()).isTrue();
        back.close();
        assertThat(found(bench)).containsExactly("OUT:0");
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldTakeAReplayOfWhatIsPreparedAndOfWhatIsCommitted(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient old = bench.connect("ID:same", false);
        old.begin(XID);
        Message message = old.message(OUT, true, 0);
        old.send(message, ID);
        old.prepare(ID);
        for (int i = 0; i < 3; i++) {
            TestClient back = bench.connect("ID:same", true);
            back.begin(XID);
            assertThat(back.send(message, ID).isDone()).isTrue();
            Ballot ballot = back.prepare(ID);
            assertThat(ballot.isPrepared() || ballot.isReadOnly()).isTrue();
            assertThat(back.commitPrepared(ID).isDone()).isTrue();
        }
        assertThat(found(bench)).containsExactly("OUT:0");
        consumeAll(bench);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldTakeAReplayOfWhatIsPreparedAfterARestart(int shards) {
        Bench bench = Bench.bench(shards);
        TestClient old = bench.connect("ID:same", false);
        old.begin(XID);
        Message message = old.message(OUT, true, 0);
        old.send(message, ID);
        old.prepare(ID);
        Bench restarted = bench.crashAndRestart();
        TestClient back = restarted.connect("ID:same", true);
        back.begin(XID);
        back.send(message, ID);
        assertThat(back.prepare(ID).isPrepared()).isTrue();
        back.close();
        assertThat(restarted.client().commitPrepared(ID).isDone()).isTrue();
        assertThat(found(restarted)).containsExactly("OUT:0");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBoundAllClientsOfATransactionTogether(int shards) {
        Limits few = new Limits(1 << 30, 100, 100, 100, 4096, 4096, 4096, 1000, 0, 4096, 10, 3, 1 << 20, 100, 100, 10);
        Bench bench = new Bench(shards, few, new MemoryLog(Long.MAX_VALUE));
        TestClient one = bench.client();
        TestClient other = bench.client();
        one.begin(XID);
        other.begin(XID);
        one.send(one.message(OUT, true, 0), ID);
        one.send(one.message(IN, true, 0), ID);
        assertThat(other.send(other.message(OUT, true, 0), ID).isDone()).isTrue();
        assertThat(other.send(other.message(OTHER, true, 0), ID).refusal().code())
                .isEqualTo(Refusal.Code.RESOURCE_LIMIT);
        assertThat(one.prepare(ID).refusal().message()).contains("maximum allowed number of pending send operations");
        assertThat(found(bench)).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldBoundThePreparedTransactions(int shards) {
        Limits few = new Limits(1 << 30, 100, 100, 100, 4096, 4096, 4096, 1000, 0, 4096, 10, 3, 1 << 20, 2, 100, 10);
        Bench bench = new Bench(shards, few, new MemoryLog(Long.MAX_VALUE));
        TestClient client = bench.client();
        for (byte i = 0; i < 20; i++) {
            TransactionId id = client.begin(new Xid(1, new byte[] {i}, new byte[0]));
            client.send(client.message(OUT, true, 0), id);
            Ballot ballot = client.prepare(id);
            assertThat(ballot.isPrepared()).isEqualTo(i < 2);
        }
        assertThat(client.recover()).hasSize(2);
        client.recover().forEach(xid -> client.commitPrepared(new TransactionId.Global(xid)));
        client.begin(XID);
        client.send(client.message(OUT, true, 0), ID);
        assertThat(client.prepare(ID).isPrepared()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldNotKeepOldSegmentsForAPreparedTransaction(int shards) {
        Bench bench = new Bench(shards, Limits.defaults(), new MemoryLog(1_000));
        TestClient client = bench.client();
        client.begin(XID);
        client.send(client.message(OUT, true, 0), ID);
        client.send(client.message(OTHER, true, 0), ID);
        client.prepare(ID);
        DestinationName traffic = DestinationName.queue("TRAFFIC");
        ConsumerId consumer = client.consume(traffic, 10);
        for (int i = 0; i < 1_000; i++) {
            client.send(traffic, 1);
            client.ack(AckType.STANDARD, consumer, client.last());
            if (i == 500) {
                bench = bench.crashAndRestart();
                client = bench.client();
                consumer = client.consume(traffic, 10);
            }
        }
        assertThat(bench.journalStatus().segments()).isLessThan(20);
        assertThat(bench.client().recover()).containsExactly(XID);
        bench = bench.crashAndRestart();
        assertThat(bench.client().commitPrepared(ID).isDone()).isTrue();
        assertThat(found(bench)).hasSize(2);
        consumeAll(bench);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1, false", "4, true", "4, false"})
    void shouldOutliveItsQueues(int shards, boolean committing) {
        for (boolean restarting : List.of(true, false)) {
            Bench bench = Bench.bench(shards);
            TestClient worker = worked(bench);
            worker.prepare(ID);
            worker.close();
            List.of(IN, OUT, OTHER).forEach(queue -> remove(bench, queue));
            Bench after = restarting ? bench.crashAndRestart() : bench;
            TestClient manager = after.client();
            Answer answer = committing ? manager.commitPrepared(ID) : manager.rollback(ID);
            assertThat(answer.isDone()).isTrue();
            assertThat(found(after)).hasSize(committing ? 2 : 0);
            consumeAll(after);
        }
    }

    private static void remove(Bench bench, DestinationName queue) {
        Answer answer = new Answer();
        bench.client().port().removeDestination(queue, answer);
        bench.run();
        assertThat(answer.isDone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldLetAnOperatorDecide(int shards) {
        Bench bench = Bench.bench(shards);
        worked(bench).prepare(ID);
        Bench restarted = bench.crashAndRestart();
        restarted.advance(5_000);
        assertThat(restarted.<List<PreparedTransactionView>>operate(admin -> admin.preparedTransactions()))
                .containsExactly(new PreparedTransactionView(XID.toString(), 5_000, 2, 1));
        assertThat(restarted.<Boolean>operate(admin -> admin.commitPrepared("XID:[1,globalId=,branchId=]")))
                .isFalse();
        assertThat(restarted.<Boolean>operate(admin -> admin.commitPrepared(XID.toString())))
                .isTrue();
        assertThat(restarted.<Boolean>operate(admin -> admin.rollbackPrepared(XID.toString())))
                .isFalse();
        assertThat(found(restarted)).hasSize(3);
    }
}
