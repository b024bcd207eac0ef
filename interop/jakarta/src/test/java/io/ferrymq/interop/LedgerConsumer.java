package io.ferrymq.interop;

import io.ferrymq.testkit.ledger.Ledger;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.function.BooleanSupplier;
import org.apache.activemq.ActiveMQConnection;
import org.apache.activemq.ActiveMQConnectionFactory;

/** Receives messages and enters each in a ledger before acknowledging it. Runs on one thread at a time; every connection is a consumer of its own. */
final class LedgerConsumer {
    /** How the messages are acknowledged. */
    enum Mode {
        AUTO(Session.AUTO_ACKNOWLEDGE),
        CLIENT(Session.CLIENT_ACKNOWLEDGE),
        TRANSACTED(Session.SESSION_TRANSACTED);

        private final int jms;

        Mode(int jms) {
            this.jms = jms;
        }
    }

    private static final int BATCH = 5;
    private static final long POLL_MS = 50;

    private final String name;
    private final Ledger ledger;
    private final Queue queue;
    private final Mode mode;
    private int life;

    LedgerConsumer(String name, Ledger ledger, Queue queue, Mode mode) {
        this.name = name;
        this.ledger = ledger;
        this.queue = queue;
        this.mode = mode;
    }

    /** Receives over one connection until told to stop or the connection breaks. */
    void receiveWhile(BooleanSupplier more, ActiveMQConnectionFactory factory) throws JMSException {
        ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
        try {
            receiveWhile(more, connection);
        } finally {
            connection.close();
        }
    }

    /** Receives {@code count} messages, or fewer when told to stop, and then loses its socket. */
    void receiveAndBreak(int count, BooleanSupplier more, ActiveMQConnectionFactory factory) throws JMSException {
        ActiveMQConnection connection = (ActiveMQConnection) factory.createConnection();
        try {
            long end = ledger.sightingCount() + count;
            receiveWhile(() -> more.getAsBoolean() && ledger.sightingCount() < end, connection);
            Wire.cut(connection);
        } finally {
            connection.close();
        }
    }

    private void receiveWhile(BooleanSupplier more, ActiveMQConnection connection) throws JMSException {
        String lifeName = name + "/" + ++life;
        connection.start();
        Session session = connection.createSession(mode == Mode.TRANSACTED, mode.jms);
        MessageConsumer consumer = session.createConsumer(queue);
        int open = 0;
        Message last = null;
        while (more.getAsBoolean()) {
            Message message = consumer.receive(POLL_MS);
            if (message != null) {
                enter(lifeName, message);
                last = message;
                open++;
            }
            if (last != null && (open >= BATCH || message == null)) {
                acknowledge(session, last);
                last = null;
                open = 0;
            }
        }
        if (last != null) {
            acknowledge(session, last);
        }
    }

    private void acknowledge(Session session, Message last) throws JMSException {
        switch (mode) {
            case AUTO -> {}
            case CLIENT -> last.acknowledge();
            case TRANSACTED -> session.commit();
        }
    }

    private void enter(String lifeName, Message message) throws JMSException {
        String[] parts = Jms.text(message).split(":", 3);
        ledger.seen(lifeName, parts[0], Long.parseLong(parts[1]), message.getJMSRedelivered());
    }
}
