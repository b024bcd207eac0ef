package io.ferrymq.interop;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.Outcome;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.activemq.ActiveMQConnectionFactory;

/** Sends persistent messages and enters each in a ledger. Runs on one thread at a time; the sequence goes on over connections. */
final class LedgerProducer {
    private static final int PADDING = 500;

    private final String name;
    private final Ledger ledger;
    private final Queue queue;
    private final String padding;
    private final int perCommit;
    private final List<Commit> inDoubt = new ArrayList<>();
    private long sequence;

    LedgerProducer(String name, Ledger ledger, Queue queue) {
        this(name, ledger, queue, PADDING, 0);
    }

    private LedgerProducer(String name, Ledger ledger, Queue queue, int paddingBytes, int perCommit) {
        this.name = name;
        this.ledger = ledger;
        this.queue = queue;
        this.padding = " ".repeat(paddingBytes);
        this.perCommit = perCommit;
    }

    /** One whose messages have this size, more or less. */
    static LedgerProducer padded(String name, Ledger ledger, Queue queue, int bytes) {
        return new LedgerProducer(name, ledger, queue, bytes, 0);
    }

    /** One that sends so many messages in each transaction. */
    static LedgerProducer transacted(String name, Ledger ledger, Queue queue, int perCommit) {
        return new LedgerProducer(name, ledger, queue, PADDING, perCommit);
    }

    /** The messages of a transaction. */
    record Commit(String producer, long first, long last) {}

    /** Sends over one connection until told to stop or the connection breaks. A send that broke is in doubt and not repeated. */
    void sendWhile(BooleanSupplier more, ActiveMQConnectionFactory factory) throws JMSException {
        Connection connection = factory.createConnection();
        try {
            boolean transacted = perCommit > 0;
            Session session = connection.createSession(
                    transacted, transacted ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(queue);
            while (more.getAsBoolean()) {
                if (transacted) {
                    commit(session, producer);
                } else {
                    send(session, producer);
                }
            }
        } finally {
            connection.close();
        }
    }

    private void send(Session session, MessageProducer producer) throws JMSException {
        long number = ++sequence;
        Outcome outcome = Outcome.UNKNOWN;
        try {
            producer.send(session.createTextMessage(text(number)));
            outcome = Outcome.ACKED;
        } finally {
            ledger.sent(name, number, outcome);
        }
    }

    /** What was not committed must never be seen; what was, in whole or not at all when no answer came. */
    private void commit(Session session, MessageProducer producer) throws JMSException {
        long first = sequence + 1;
        Outcome outcome = Outcome.FAILED;
        try {
            for (int i = 0; i < perCommit; i++) {
                producer.send(session.createTextMessage(text(++sequence)));
            }
            outcome = Outcome.UNKNOWN;
            session.commit();
            outcome = Outcome.ACKED;
        } finally {
            if (outcome == Outcome.UNKNOWN) {
                inDoubt.add(new Commit(name, first, sequence));
            }
            for (long number = first; number <= sequence; number++) {
                ledger.sent(name, number, outcome);
            }
        }
    }

    private String text(long number) {
        return name + ":" + number + ":" + padding;
    }

    long sequence() {
        return sequence;
    }

    /** The transactions whose commit had no answer; to be asked for when nothing is sent any more. */
    List<Commit> inDoubt() {
        return List.copyOf(inDoubt);
    }
}
