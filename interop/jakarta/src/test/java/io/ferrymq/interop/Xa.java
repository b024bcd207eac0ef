package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.XASession;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQXAConnection;
import org.apache.activemq.ActiveMQXAConnectionFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** A session whose work belongs to global transactions, and the resource that steers them. */
record Xa(ActiveMQXAConnection connection, XASession session) {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    static Xa connect(Jms jms, String... options) throws JMSException {
        ActiveMQXAConnectionFactory factory =
                new ActiveMQXAConnectionFactory(jms.broker().uri() + "?" + String.join("&", options));
        return on(jms.connect(factory));
    }

    /** A further session of this connection. */
    static Xa on(ActiveMQConnection connection) throws JMSException {
        ActiveMQXAConnection xa = (ActiveMQXAConnection) connection;
        return new Xa(xa, xa.createXASession());
    }

    XAResource resource() {
        return session.getXAResource();
    }

    /** Starts a transaction; what the session does from here on belongs to it. */
    Xid begin() throws XAException {
        Xid xid = xid();
        start(xid, XAResource.TMNOFLAGS);
        return xid;
    }

    void start(Xid xid, int flags) throws XAException {
        resource().start(xid, flags);
    }

    void end(Xid xid) throws XAException {
        resource().end(xid, XAResource.TMSUCCESS);
    }

    void prepare(Xid xid) throws XAException {
        assertThat(resource().prepare(xid)).isEqualTo(XAResource.XA_OK);
    }

    void endAndPrepare(Xid xid) throws XAException {
        end(xid);
        prepare(xid);
    }

    void commit(Xid xid) throws XAException {
        resource().commit(xid, false);
    }

    void rollback(Xid xid) throws XAException {
        resource().rollback(xid);
    }

    /** The names of the transactions that the broker has prepared, in order. */
    List<String> recover() throws XAException {
        return Stream.of(resource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
                .map(Xa::name)
                .sorted()
                .toList();
    }

    /** A plain session of the same connection. */
    Session plain() throws JMSException {
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    /** A name nobody else uses. */
    static Xid xid() {
        return new Branch(NUMBERS.incrementAndGet() + "-" + Long.toString(System.nanoTime(), 36), "branch");
    }

    static String name(Xid xid) {
        return new String(xid.getGlobalTransactionId(), StandardCharsets.US_ASCII);
    }

    static void assertRefused(int errorCode, ThrowingCallable call) {
        XAException refusal = catchThrowableOfType(XAException.class, call);
        assertThat(refusal).as("a refusal").isNotNull();
        assertThat(refusal.errorCode).as(refusal.toString()).isEqualTo(errorCode);
    }

    /** One branch of a global transaction. */
    record Branch(String transaction, String branch) implements Xid {
        @Override
        public int getFormatId() {
            return 7;
        }

        @Override
        public byte[] getGlobalTransactionId() {
            return transaction.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] getBranchQualifier() {
            return branch.getBytes(StandardCharsets.US_ASCII);
        }
    }
}
