package io.ferrymq.openwire.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.ferrymq.BrokerConfig;
import io.ferrymq.flow.AckType;
import io.ferrymq.flow.Refusal;
import io.ferrymq.message.Xid;
import io.ferrymq.openwire.codec.PrimitiveMap;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ActiveMQTempQueue;
import io.ferrymq.openwire.command.ActiveMQTopic;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.ConnectionError;
import io.ferrymq.openwire.command.ConnectionId;
import io.ferrymq.openwire.command.ConnectionInfo;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.ConsumerInfo;
import io.ferrymq.openwire.command.ControlCommand;
import io.ferrymq.openwire.command.DataArrayResponse;
import io.ferrymq.openwire.command.DataResponse;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.FlushCommand;
import io.ferrymq.openwire.command.IntegerResponse;
import io.ferrymq.openwire.command.LocalTransactionId;
import io.ferrymq.openwire.command.Message;
import io.ferrymq.openwire.command.MessageAck;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.MessagePull;
import io.ferrymq.openwire.command.ProducerAck;
import io.ferrymq.openwire.command.ProducerId;
import io.ferrymq.openwire.command.ProducerInfo;
import io.ferrymq.openwire.command.RemoveInfo;
import io.ferrymq.openwire.command.RemoveSubscriptionInfo;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.SessionId;
import io.ferrymq.openwire.command.SessionInfo;
import io.ferrymq.openwire.command.ShutdownInfo;
import io.ferrymq.openwire.command.TransactionInfo;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.openwire.command.WireValue;
import io.ferrymq.openwire.command.XATransactionId;
import io.ferrymq.session.Acknowledgement;
import io.ferrymq.spi.ProtocolProvider;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandsTest {
    private static final String ID = "ID:host-1-2-3:1";

    private final FakeBroker broker = new FakeBroker();
    private final ProtocolProvider.ProtocolServer server = OpenWireServer.open(broker, 1, AdvisorySettings.DEFAULT);
    private final URI uri = server.listen(new BrokerConfig.Listener("tcp", "127.0.0.1", 0));
    private WireClient client = connect();

    private WireClient connect() {
        try {
            return WireClient.connected(uri, ID);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void openASession() throws IOException {
        client.ask(client.session(1));
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    private void ok(BaseCommand command) throws IOException {
        assertThat(client.ask(command)).isExactlyInstanceOf(Response.class);
    }

    private WireThrowable refused(BaseCommand command) throws IOException {
        return Objects.requireNonNull(((ExceptionResponse) client.ask(command)).exception);
    }

    private RemoveInfo remove(WireValue what, long lastDelivered) {
        RemoveInfo remove = new RemoveInfo();
        remove.objectId = what;
        remove.lastDeliveredSequenceId = lastDelivered;
        return remove;
    }

    private MessageAck ack(byte type, int first, int last, int count) {
        MessageAck ack = new MessageAck();
        ack.ackType = type;
        ack.consumerId = new ConsumerId(ID, 1, 1);
        ack.destination = new ActiveMQQueue("q");
        ack.firstMessageId = first == 0 ? null : new MessageId(new ProducerId("ID:p", 1, 1), first);
        ack.lastMessageId = new MessageId(new ProducerId("ID:p", 1, 1), last);
        ack.messageCount = count;
        return ack;
    }

    private TransactionInfo transaction(byte type, long number) {
        TransactionInfo info = new TransactionInfo();
        info.connectionId = new ConnectionId(ID);
        info.transactionId = new LocalTransactionId(new ConnectionId(ID), number);
        info.type = type;
        return info;
    }

    @Test
    void shouldRegisterOnceAndAnswerReplays() throws IOException {
        for (int i = 0; i < 2; i++) {
            ok(client.session(1));
            ok(client.producer(1, 1, "q"));
            ok(client.producer(1, 2, ""));
            ok(client.consumer(1, 1, new ActiveMQQueue("q?consumer.prefetchSize=3")));
            ok(client.consumer(-1, 1, new ActiveMQQueue("other")));
        }
        assertThat(broker.calls)
                .containsExactly(
                        "addProducer " + ID + ":1:1 queue://q",
                        "addAnonymousProducer " + ID + ":1:2",
                        "subscribe " + ID + ":1:1 queue://q",
                        "subscribe " + ID + ":-1:1 queue://other");
    }

    @Test
    void shouldRefuseWhatWasNotAnnounced() throws IOException {
        String illegalState = "java.lang.IllegalStateException";
        is(
                refused(client.producer(9, 1, "q")),
                illegalState,
                "Cannot add a producer to a session that had not been registered: " + ID + ":9");
        is(
                refused(client.consumer(9, 1, new ActiveMQQueue("q"))),
                illegalState,
                "Cannot add a consumer to a session that had not been registered: " + ID + ":9");
        ProducerInfo foreign = client.producer(1, 1, "q");
        foreign.producerId = new ProducerId("ID:other", 1, 1);
        is(
                refused(foreign),
                illegalState,
                "Cannot add a producer to a connection that had not been registered: ID:other");
        is(
                refused(client.message(1, 5, 1, "q")),
                "jakarta.jms.JMSException",
                "Cannot send message to queue://q with invalid (null) producer state: producer=" + ID + ":1:5");
        client.send(client.message(1, 5, 1, "q"));
        ConnectionError error = client.expect(ConnectionError.class);
        assertThat(Objects.requireNonNull(error.exception).message()).contains(ID + ":1:5");
        assertThat(broker.calls).isEmpty();
    }

    private static void is(WireThrowable error, String className, String message) {
        assertThat(error.className()).isEqualTo(className);
        assertThat(error.message()).isEqualTo(message);
    }

    @Test
    void shouldAnswerSendsAsTheyAsk() throws IOException {
        ProducerInfo windowed = client.producer(1, 1, "q");
        windowed.windowSize = 10_000;
        ok(windowed);
        ok(client.producer(1, 2, "q"));
        ok(client.message(1, 1, 1, "q"));
        client.send(client.message(1, 2, 1, "q"));
        client.send(client.message(1, 1, 2, "q"));
        ProducerAck ack = client.expect(ProducerAck.class);
        assertThat(ack.producerId).isEqualTo(new ProducerId(ID, 1, 1));
        assertThat(ack.size).isEqualTo(1024 + 5);
        assertThat(broker.client(ID).sent)
                .extracting(message -> message.id().toString())
                .containsExactly(ID + ":1:1:1", ID + ":1:2:1", ID + ":1:1:2");
    }

    @Test
    void shouldTranslateRefusalsOfSends() throws IOException {
        ok(client.producer(1, 1, "q"));
        broker.refuseAll = Optional.of(new Refusal(Refusal.Code.RESOURCE_LIMIT, "memory full: limit=1"));
        WireThrowable error = refused(client.message(1, 1, 1, "q"));
        assertThat(error.className()).isEqualTo("jakarta.jms.ResourceAllocationException");
        assertThat(error.message()).isEqualTo("memory full: limit=1");
        client.send(client.message(1, 1, 2, "q"));
        client.expect(ConnectionError.class);
    }

    @Test
    void shouldRefuseAMessageThatCouldComeInButNotGetOut() throws IOException {
        ok(client.producer(1, 1, "q"));
        Message message = client.message(1, 1, 1, "q");
        message.content = new byte[broker.limits.frameBytes() - 1000];
        WireThrowable error = refused(message);
        assertThat(error.className()).isEqualTo("jakarta.jms.ResourceAllocationException");
        assertThat(error.message()).contains("too large", "limit=");
        assertThat(broker.client(ID).sent).isEmpty();
    }

    @Test
    void shouldForgetAConsumerThatWasRefused() throws IOException {
        broker.refuseAll = Optional.of(new Refusal(Refusal.Code.INVALID_SELECTOR, "x ="));
        assertThat(refused(client.consumer(1, 1, new ActiveMQQueue("q"))).className())
                .isEqualTo("jakarta.jms.InvalidSelectorException");
        broker.refuseAll = Optional.empty();
        ok(client.consumer(1, 1, new ActiveMQQueue("q")));
        assertThat(broker.client(ID).consumers).hasSize(2);
    }

    @Test
    void shouldTakeUpADurableSubscriptionBeforeWhatComesAfterIt() throws IOException {
        broker.holdConsumers = true;
        ok(client.producer(1, 1, "q"));
        ConsumerInfo durable = client.consumer(1, 1, new ActiveMQTopic("t"));
        durable.subscriptionName = "s";
        Message message = client.message(1, 1, 1, "q");
        message.responseRequired = true;
        client.send(durable, message);

        await().until(() -> !broker.held.isEmpty());
        try (WireClient other = WireClient.connected(uri, "ID:other")) {
            other.ask(other.session(1)); // the one I/O thread has seen all that came before
            assertThat(broker.client(ID).sent).isEmpty();
        }

        broker.held.remove().done();
        client.expect(Response.class);
        assertThat(broker.client(ID).sent).hasSize(1);
    }

    @Test
    void shouldEndAClientThatGoesWhileItsDurableSubscriptionIsTakenUp() throws IOException {
        broker.holdConsumers = true;
        ok(client.producer(1, 1, "q"));
        ConsumerInfo durable = client.consumer(1, 1, new ActiveMQTopic("t"));
        durable.subscriptionName = "s";
        client.send(durable, client.message(1, 1, 1, "q"));
        await().until(() -> !broker.held.isEmpty());
        client.close();
        broker.held.remove().done();
        await().until(() -> broker.calls.contains("close " + ID + " -2"));
    }

    @Test
    void shouldGoOnAfterADurableSubscriptionThatWasRefused() throws IOException {
        ConsumerInfo durable = client.consumer(1, 1, new ActiveMQTopic("t"));
        durable.subscriptionName = "s";
        broker.refuseAll = Optional.of(new Refusal(Refusal.Code.INVALID_SELECTOR, "x ="));
        refused(durable);
        broker.refuseAll = Optional.empty();
        ok(durable);
    }

    @Test
    void shouldPassConsumerSettingsOn() throws IOException {
        ConsumerInfo info = client.consumer(1, 1, new ActiveMQQueue("A,topic://B"));
        info.prefetchSize = 7;
        info.priority = -3;
        info.browser = true;
        info.noLocal = true;
        info.exclusive = true;
        info.selector = "a = 1";
        ok(info);
        var spec = broker.client(ID).consumers.get(0);
        assertThat(spec.destination().physicalName()).isEqualTo("A");
        assertThat(spec.prefetch()).isEqualTo(7);
        assertThat(spec.priority()).isEqualTo(-3);
        assertThat(spec.browser() && spec.noLocal() && spec.exclusive()).isTrue();
        assertThat(spec.selector()).isEqualTo("a = 1");
    }

    @Test
    void shouldTranslateAcknowledgements() throws IOException {
        ok(client.consumer(1, 1, new ActiveMQQueue("q")));
        ok(ack(MessageAck.DELIVERED, 0, 3, 3));
        MessageAck poison = ack(MessageAck.POISON, 1, 2, 2);
        poison.poisonCause = new WireThrowable("java.lang.Throwable", "Delivery[7] exceeds");
        ok(poison);
        MessageAck transacted = ack(MessageAck.STANDARD, 3, 3, 1);
        transacted.transactionId = new LocalTransactionId(new ConnectionId(ID), 4);
        client.send(transacted);
        ok(ack(MessageAck.REDELIVERED, 1, 1, 1));
        ok(ack(MessageAck.INDIVIDUAL, 0, 5, 1));
        ok(ack(MessageAck.EXPIRED, 6, 6, 1));

        List<Acknowledgement> acks = broker.client(ID).acknowledgements;
        assertThat(acks)
                .extracting(Acknowledgement::type)
                .containsExactly(
                        AckType.DELIVERED,
                        AckType.POISON,
                        AckType.STANDARD,
                        AckType.REDELIVERED,
                        AckType.INDIVIDUAL,
                        AckType.EXPIRED);
        assertThat(acks.get(0).first()).isEmpty();
        assertThat(acks.get(0).count()).isEqualTo(3);
        assertThat(acks.get(1).cause()).isEqualTo("java.lang.Throwable: Delivery[7] exceeds");
        assertThat(acks.get(1).last().sequence()).isEqualTo(2);
        assertThat(acks.get(2).transaction().toString()).isEqualTo("TX:" + ID + ":4");
        assertThat(acks.get(2).destination().qualified()).isEqualTo("queue://q");
    }

    @Test
    void shouldIgnoreAcknowledgementsOfUnknownConsumersAndRefuseNonsense() throws IOException {
        ok(ack(MessageAck.STANDARD, 1, 1, 1));
        MessageAck ofNobody = ack(MessageAck.STANDARD, 1, 1, 1);
        ofNobody.consumerId = null;
        ok(ofNobody);
        ok(client.consumer(1, 1, new ActiveMQQueue("q")));
        assertThat(refused(ack(MessageAck.UNMATCHED, 1, 1, 1)).className()).isEqualTo("jakarta.jms.JMSException");
        assertThat(refused(ack(MessageAck.STANDARD, 1, 1, -1)).className()).isEqualTo("jakarta.jms.JMSException");
        MessageAck none = ack(MessageAck.STANDARD, 1, 1, 1);
        none.lastMessageId = null;
        refused(none);
        assertThat(broker.client(ID).acknowledgements).isEmpty();
    }

    @Test
    void shouldPullAndSayThatThereIsNothing() throws IOException {
        ConsumerInfo info = client.consumer(1, 1, new ActiveMQQueue("q"));
        info.prefetchSize = 0;
        ok(info);
        MessagePull pull = new MessagePull();
        pull.consumerId = info.consumerId;
        pull.destination = info.destination;
        pull.timeout = -1;
        client.send(pull);
        MessageDispatch nothing = client.expect(MessageDispatch.class);
        assertThat(nothing.message).isNull();
        assertThat(nothing.destination).isNull();
        assertThat(nothing.consumerId).isEqualTo(info.consumerId);
        pull.consumerId = new ConsumerId(ID, 1, 99);
        refused(pull);
    }

    @Test
    void shouldChangeThePrefetch() throws IOException {
        ok(client.consumer(1, 1, new ActiveMQQueue("q")));
        ConsumerControl control = new ConsumerControl();
        control.consumerId = new ConsumerId(ID, 1, 1);
        control.prefetch = 55;
        ok(control);
        assertThat(broker.calls).contains("changePrefetch " + ID + ":1:1 55");
    }

    @Test
    void shouldRunLocalTransactions() throws IOException {
        ok(client.producer(1, 1, "q"));
        client.send(transaction(TransactionInfo.BEGIN, 1));
        Message message = client.message(1, 1, 1, "q");
        message.transactionId = new LocalTransactionId(new ConnectionId(ID), 1);
        client.send(message);
        ok(transaction(TransactionInfo.END, 1));
        ok(transaction(TransactionInfo.COMMIT_ONE_PHASE, 1));
        ok(transaction(TransactionInfo.ROLLBACK, 2));
        ok(transaction(TransactionInfo.COMMIT_TWO_PHASE, 4));
        String tx = "TX:" + ID + ":";
        assertThat(broker.calls)
                .containsSubsequence(
                        "begin " + tx + 1, "send queue://q " + tx + 1, "commit " + tx + 1, "rollback " + tx + 2);
    }

    @Test
    void shouldRunGlobalTransactions() throws IOException {
        XATransactionId xid = new XATransactionId(7, new byte[] {1, -1}, new byte[] {2});
        ok(client.producer(1, 1, "q"));
        ok(client.consumer(1, 1, new ActiveMQQueue("q")));
        client.send(global(TransactionInfo.BEGIN, xid));
        Message message = client.message(1, 1, 1, "q");
        message.transactionId = xid;
        client.send(message);
        MessageAck ack = ack(MessageAck.STANDARD, 1, 1, 1);
        ack.transactionId = xid;
        client.send(ack);
        ok(global(TransactionInfo.END, xid));
        assertThat(((IntegerResponse) client.ask(global(TransactionInfo.PREPARE, xid))).result)
                .isZero();
        ok(global(TransactionInfo.COMMIT_TWO_PHASE, xid));
        ok(global(TransactionInfo.COMMIT_ONE_PHASE, xid));
        ok(global(TransactionInfo.ROLLBACK, xid));
        ok(global(TransactionInfo.FORGET, xid));
        broker.prepareReadOnly = true;
        assertThat(((IntegerResponse) client.ask(global(TransactionInfo.PREPARE, xid))).result)
                .isEqualTo(3);
        String id = " XID:[7,globalId=01ff,branchId=02]";
        assertThat(broker.calls)
                .containsSubsequence(
                        "begin" + id,
                        "send queue://q" + id,
                        "acknowledge STANDARD",
                        "prepare" + id,
                        "commitPrepared" + id,
                        "commit" + id,
                        "rollback" + id,
                        "forget" + id,
                        "prepare" + id);
        assertThat(broker.client(ID).acknowledgements.get(0).transaction()).hasToString(id.trim());
    }

    @Test
    void shouldNamePreparedTransactionsToATransactionManager() throws IOException {
        assertThat(recovered()).isEmpty();
        broker.prepared.add(new Xid(131077, new byte[] {3}, new byte[0]));
        broker.prepared.add(new Xid(-1, new byte[64], new byte[64]));
        assertThat(recovered())
                .containsExactly(
                        new XATransactionId(131077, new byte[] {3}, new byte[0]),
                        new XATransactionId(-1, new byte[64], new byte[64]));
    }

    private DataStructure[] recovered() throws IOException {
        return ((DataArrayResponse) client.ask(global(TransactionInfo.RECOVER, null))).data;
    }

    @Test
    void shouldSayXaErrorsSoThatAClientFindsTheirCodes() throws IOException {
        XATransactionId xid = new XATransactionId(7, new byte[] {1}, new byte[] {2});
        assertXaError(Refusal.Code.GLOBAL_TRANSACTION_UNKNOWN, xid, -4);
        assertXaError(Refusal.Code.GLOBAL_TRANSACTION_STATE, xid, -6);
        assertXaError(Refusal.Code.TRANSACTION_ROLLED_BACK, xid, 100);
        broker.refuseAll = Optional.of(new Refusal(Refusal.Code.ILLEGAL_STATE, "not begun"));
        assertThat(refused(global(TransactionInfo.PREPARE, xid)).className())
                .isEqualTo("java.lang.IllegalStateException");
    }

    private void assertXaError(Refusal.Code code, XATransactionId xid, int xaCode) throws IOException {
        broker.refuseAll = Optional.of(new Refusal(code, "no"));
        for (byte type : new byte[] {TransactionInfo.PREPARE, TransactionInfo.COMMIT_TWO_PHASE}) {
            WireThrowable error = refused(global(type, xid));
            assertThat(error.className()).isEqualTo("javax.transaction.xa.XAException");
            assertThat(error.message()).isEqualTo("no xaErrorCode:" + xaCode);
        }
    }

    @Test
    void shouldEndAConnectionWithATransactionIdBeyondReason() throws IOException {
        client.send(global(TransactionInfo.BEGIN, new XATransactionId(7, new byte[2000], new byte[] {2})));
        client.readToEnd();
        assertThat(broker.calls).noneMatch(call -> call.startsWith("begin"));
    }

    private static TransactionInfo global(byte type, @Nullable XATransactionId xid) {
        TransactionInfo info = new TransactionInfo();
        info.connectionId = new ConnectionId(ID);
        info.transactionId = xid;
        info.type = type;
        return info;
    }

    @Test
    void shouldCascadeTheRemovalOfASession() throws IOException {
        ok(client.session(2));
        ok(client.producer(1, 1, "q"));
        ok(client.consumer(1, 1, new ActiveMQQueue("q")));
        ok(client.consumer(1, 2, new ActiveMQQueue("q")));
        ok(client.consumer(2, 1, new ActiveMQQueue("q")));
        broker.calls.clear();
        ok(remove(new SessionId(ID, 1), 17));
        assertThat(broker.calls)
                .containsExactlyInAnyOrder(
                        "unsubscribe " + ID + ":1:1 17",
                        "unsubscribe " + ID + ":1:2 17",
                        "removeProducer " + ID + ":1:1");
        ok(remove(new SessionId(ID, 1), 17));
        ok(remove(new ConsumerId(ID, 2, 1), -1));
        ok(remove(new ConsumerId(ID, 2, 1), -1));
        assertThat(broker.calls).hasSize(4).contains("unsubscribe " + ID + ":2:1 -1");
        refused(client.producer(1, 3, "q"));
    }

    @Test
    void shouldCloseTheClientOnceWhenItSaysGoodbye() throws IOException {
        ok(remove(new ConnectionId(ID), 33));
        ok(remove(new ConnectionId(ID), 33));
        refused(client.session(7));
        client.send(new ShutdownInfo());
        assertThat(client.readToEnd()).isZero();
        server.close();
        assertThat(broker.calls).containsExactly("close " + ID + " 33");
    }

    @Test
    void shouldAnswerAfterTheClientIsClosed() throws IOException {
        broker.holdClose = true;
        RemoveInfo goodbye = remove(new ConnectionId(ID), -1);
        goodbye.responseRequired = true;
        goodbye.commandId = 99;
        client.send(goodbye);
        await().until(() -> !broker.client(ID).closing.isEmpty());
        broker.client(ID).closing.remove().run();
        assertThat(client.expect(Response.class).correlationId).isEqualTo(99);
    }

    @Test
    void shouldTakeTheNextClientOnTheSameSocketWhenTheOneBeforeIsClosed() throws IOException {
        broker.holdClose = true;
        RemoveInfo goodbye = remove(new ConnectionId(ID), -1);
        goodbye.responseRequired = true;
        goodbye.commandId = 98;
        ConnectionInfo next = client.connectionInfo();
        next.responseRequired = true;
        next.commandId = 99;
        next.clientId = "next";
        SessionInfo behind = client.session(1);
        behind.responseRequired = true;
        behind.commandId = 100;
        client.send(goodbye, next, behind);
        await().until(() -> !broker.client(ID).closing.isEmpty());
        assertThat(broker.clients).hasSize(1);
        broker.holdClose = false;
        broker.client(ID).closing.remove().run();
        for (int answered = 98; answered <= 100; answered++) {
            Response answer = client.expect(Response.class);
            assertThat(answer).isExactlyInstanceOf(Response.class);
            assertThat(answer.correlationId).isEqualTo(answered);
        }
        assertThat(broker.clients).extracting(known -> known.info.clientId()).containsExactly("client-" + ID, "next");
    }

    @Test
    void shouldHandOnDurableSubscriptionsOfTopicsOnly() throws IOException {
        RemoveSubscriptionInfo removal = new RemoveSubscriptionInfo();
        removal.subscriptionName = "s";
        ok(removal);
        assertThat(broker.calls).containsExactly("removeSubscription s");
        assertThat(refused(new RemoveSubscriptionInfo()).message()).contains("needs a name");
    }

    @Test
    void shouldRefuseTemporaryDestinationsOfOthers() throws IOException {
        WireThrowable error = refused(client.consumer(1, 1, new ActiveMQTempQueue("ID:someone:1")));
        is(
                error,
                "jakarta.jms.InvalidDestinationException",
                "Subscribing to a temporary queue created by another connection is not permitted: "
                        + "temp-queue://ID:someone:1");
        assertThat(broker.calls).isEmpty();
    }

    @Test
    void shouldAnswerWhatHasNoEffectAndIgnoreBareResponses() throws IOException {
        client.send(new Response());
        ok(new ControlCommand());
        ok(new FlushCommand());
        assertThat(broker.calls).isEmpty();
    }

    @Test
    void shouldTellHowTheJournalIsToWhoeverAsks() throws IOException {
        ControlCommand ask = new ControlCommand();
        ask.command = "status";

        DataResponse answer = (DataResponse) client.ask(ask);

        Message status = (Message) Objects.requireNonNull(answer.data);
        assertThat(PrimitiveMap.decode(Objects.requireNonNull(status.content), PrimitiveMap.Limits.defaults()))
                .containsOnly(
                        entry("storeEngine", "fake"),
                        entry("storeSync", "unsafe-os"),
                        entry("storeSegments", 3),
                        entry("storeLiveRecords", 12L),
                        entry("storeAppendedBytes", 4096L),
                        entry("storeSyncs", 5L),
                        entry("storeDurablePosition", 7L),
                        entry("storeDamagedReads", 1L),
                        entry("storeSpaceLow", true),
                        entry("storeFailed", false));
    }

    /** A client once stopped a broker that way (CVE-2014-3576). */
    @Test
    void shouldDoNothingThatAControlCommandSays() throws IOException {
        ControlCommand stop = new ControlCommand();
        stop.command = "shutdown";

        ok(stop);

        assertThat(broker.calls).isEmpty();
        ok(client.session(1));
    }

    @Test
    void shouldLimitWhatOneConnectionRegisters() throws IOException {
        for (int i = 1; i <= broker.limits.consumersPerConnection(); i++) {
            client.send(client.producer(1, i, "q"));
        }
        WireThrowable error = refused(client.producer(1, 100_000, "q"));
        is(
                error,
                "java.lang.IllegalStateException",
                "Can't add producer on connection " + ID + ": at maximum limit: 1000");
        ok(client.producer(1, 5, "q"));
    }
}
