package io.ferrymq.interop;

import io.ferrymq.testkit.ledger.Ledger;
import io.ferrymq.testkit.ledger.Outcome;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.function.BooleanSupplier;
import org.apache.activemq.ActiveMQConnectionFactory;

/** Sends persistent messages and enters each in a ledger. Runs on one thread at a time; the sequence goes on over connections. */
final class LedgerProducer {
    private static final String PADDING = " ".repeat(500);

    private final String name;
    private final Ledger ledger;
    private final Queue queue;
    private long sequence;

    LedgerProducer(String name, Ledger ledger, Queue queue) {
        this.name = name;
        this.ledger = ledger;
        this.queue = queue;
    }

    /** Sends over one connection until told to stop or the connection breaks. A send that broke is in doubt and not repeated. */
    void sendWhile(BooleanSupplier more, ActiveMQConnectionFactory factory) throws JMSException {
        Connection connection = factory.createConnection();
        try {
            Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
            MessageProducer producer = session.createProducer(queue);
            while (more.getAsBoolean()) {
                send(session, producer);
            }
        } finally {
            connection.close();
        }
    }

    private void send(Session session, MessageProducer producer) throws JMSException {
        long number = ++sequence;
        Outcome outcome = Outcome.UNKNOWN;
        try {
            producer.send(session.createTextMessage(name + ":" + number + ":" + PADDING));
            outcome = Outcome.ACKED;
        } finally {
            ledger.sent(name, number, outcome);
        }
    }

    long sequence() {
        return sequence;
    }
}
