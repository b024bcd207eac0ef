package io.ferrymq.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.AckType;
import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Xid;
import io.ferrymq.session.Bench.Answer;
import io.ferrymq.transaction.TransactionId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A transaction of which something was lost on its way: it can be rolled back, and nothing else. */
class RollbackOnlyBehaviourTest {
    private static final DestinationName IN = DestinationName.queue("IN");
    private static final DestinationName OUT = DestinationName.queue("OUT");
    private static final DestinationName OTHER = DestinationName.queue("OTHER");
    private static final Refusal WHY = new Refusal(Refusal.Code.RESOURCE_LIMIT, "a message was too large");
    private static final Refusal LATER = new Refusal(Refusal.Code.RESOURCE_LIMIT, "another one");
    private static final Xid XID = new Xid(7, new byte[] {1}, new byte[] {2});

    private Bench bench = Bench.bench();
    private TestClient client = bench.client();

    private void on(int shards) {
        bench = Bench.bench(shards);
        client = bench.client();
    }

    private Answer send(DestinationName to, TransactionId transaction) {
        return client.send(client.message(to, true, 0), transaction);
    }

    private void assertSaysWhy(Refusal refusal) {
        assertThat(refusal.message()).contains("rollback only").endsWith(WHY.message());
    }

    /** Nothing was sent, and nothing is counted any more. */
    private void assertNothingHappened() {
        client.consume(OUT, 10);
        client.consume(OTHER, 10);
        assertThat(client.deliveries).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToCommitAndSayWhy(int shards) {
        on(shards);
        TransactionId transaction = client.begin(1);
        assertThat(send(OUT, transaction).isDone()).isTrue();

        client.port().markRollbackOnly(transaction, WHY);
        client.port().markRollbackOnly(transaction, LATER);

        assertThat(send(OTHER, transaction).isDone()).isTrue();
        Refusal refusal = client.commit(transaction).refusal();
        assertThat(refusal.code()).isEqualTo(Refusal.Code.TRANSACTION_ROLLED_BACK);
        assertSaysWhy(refusal);
        assertNothingHappened();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToCommitWhatIsMarkedBeforeItHasDoneAnything(int shards) {
        on(shards);
        TransactionId transaction = client.begin(1);
        client.port().markRollbackOnly(transaction, WHY);
        assertSaysWhy(client.commit(transaction).refusal());
        assertNothingHappened();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRollBackAndGoOnWithTheNextTransaction(int shards) {
        on(shards);
        TransactionId marked = client.begin(1);
        send(OUT, marked);
        client.port().markRollbackOnly(marked, WHY);
        send(OTHER, marked);
        assertThat(client.rollback(marked).isDone()).isTrue();
        assertNothingHappened();

        TransactionId next = client.begin(2);
        send(OUT, next);
        assertThat(client.commit(next).isDone()).isTrue();
        assertThat(client.deliveries).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldGoOnAfterACommitThatWasRefused(int shards) {
        on(shards);
        TransactionId marked = client.begin(1);
        client.port().markRollbackOnly(marked, WHY);
        assertSaysWhy(client.commit(marked).refusal());

        TransactionId again = client.begin(1);
        send(OUT, again);
        assertThat(client.commit(again).isDone()).isTrue();
        client.consume(OUT, 10);
        assertThat(client.deliveries).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldGiveAcknowledgedMessagesBack(int shards) {
        on(shards);
        client.send(IN, 1);
        ConsumerId consumer = client.consume(IN, 10);
        TransactionId marked = client.begin(1);
        client.ack(AckType.STANDARD, consumer, client.last(), client.last(), 1, marked);
        client.port().markRollbackOnly(marked, WHY);
        assertSaysWhy(client.commit(marked).refusal());

        assertThat(client.ack(AckType.STANDARD, consumer, client.last()).isDone())
                .isTrue();
        client.close();
        TestClient reader = bench.client();
        reader.consume(IN, 10);
        assertThat(reader.deliveries).isEmpty();
        assertThat(bench.usedBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToPrepare(int shards) {
        on(shards);
        TransactionId marked = client.begin(XID);
        send(OUT, marked);
        client.port().markRollbackOnly(marked, WHY);
        assertThat(send(OTHER, marked).isDone()).isTrue();

        Ballot ballot = client.prepare(marked);

        assertThat(ballot.isPrepared()).isFalse();
        assertSaysWhy(ballot.refusal());
        assertThat(client.recover()).isEmpty();
        client.rollback(marked);
        assertNothingHappened();
        assertThat(bench.crashAndRestart().client().recover()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToPrepareWhatHasNothingElse(int shards) {
        on(shards);
        TransactionId marked = client.begin(XID);
        client.port().markRollbackOnly(marked, WHY);
        assertSaysWhy(client.prepare(marked).refusal());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToCommitInOnePhase(int shards) {
        on(shards);
        TransactionId marked = client.begin(XID);
        send(OUT, marked);
        client.port().markRollbackOnly(marked, WHY);
        assertSaysWhy(client.commit(marked).refusal());
        assertNothingHappened();
    }

    /** Its time is over: the promise counts. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldCommitWhatIsMarkedOnceItIsPrepared(int shards) {
        on(shards);
        TransactionId prepared = client.begin(XID);
        send(OUT, prepared);
        assertThat(client.prepare(prepared).isPrepared()).isTrue();
        client.port().markRollbackOnly(prepared, WHY);
        assertThat(client.commitPrepared(prepared).isDone()).isTrue();
        client.consume(OUT, 10);
        assertThat(client.deliveries).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldIgnoreAnUnknownTransaction(int shards) {
        on(shards);
        client.port().markRollbackOnly(new TransactionId.Local("ID:nobody", 9), WHY);
        client.port().markRollbackOnly(new TransactionId.Global(XID), WHY);
        client.port().markRollbackOnly(TransactionId.NONE, WHY);

        TransactionId over = client.begin(1);
        send(OUT, over);
        client.commit(over);
        client.port().markRollbackOnly(over, WHY);

        TransactionId next = client.begin(2);
        send(OUT, next);
        assertThat(client.commit(next).isDone()).isTrue();
        client.consume(OUT, 10);
        assertThat(client.deliveries).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void shouldRefuseToCommitWhenASendHadNoRoute(int shards) {
        on(shards);
        TransactionId transaction = client.begin(1);
        send(OUT, transaction);
        DestinationName tooLong = DestinationName.queue("Q".repeat(20_000));
        String refusal = send(tooLong, transaction).refusal().message();
        assertThat(refusal).startsWith("destination name too long");
        send(OTHER, transaction);
        assertThat(client.commit(transaction).refusal().message())
                .contains("rollback only")
                .endsWith(refusal);
        assertNothingHappened();
    }
}
