package io.ferrymq.interop;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQQueue;

/** Reads the queue where the broker puts what could not be delivered. */
final class DeadLetters {
    static final String CAUSE = "dlqDeliveryFailureCause";

    private final MessageConsumer consumer;

    DeadLetters(Session session) throws JMSException {
        consumer = session.createConsumer(new ActiveMQQueue("ActiveMQ.DLQ"));
    }

    /** The next dead letter that was for this destination; those of other scenarios are dropped. */
    ActiveMQMessage next(Destination origin) throws JMSException {
        while (true) {
            Message message = Jms.receive(consumer);
            if (origin.equals(((ActiveMQMessage) message).getOriginalDestination())) {
                return (ActiveMQMessage) message;
            }
        }
    }
}
