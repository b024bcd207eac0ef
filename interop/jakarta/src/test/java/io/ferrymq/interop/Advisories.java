package io.ferrymq.interop;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.function.Predicate;
import org.apache.activemq.command.ActiveMQDestination;
import org.apache.activemq.command.ActiveMQMessage;
import org.apache.activemq.command.ActiveMQTopic;
import org.apache.activemq.command.DataStructure;

/** Listens to what the broker says about itself on one topic below {@code ActiveMQ.Advisory}. */
final class Advisories {
    private final MessageConsumer subscriber;

    private Advisories(MessageConsumer subscriber) {
        this.subscriber = subscriber;
    }

    /** On {@code ActiveMQ.Advisory.<topic>}. */
    static Advisories on(Session session, String topic) throws JMSException {
        return new Advisories(session.createConsumer(new ActiveMQTopic("ActiveMQ.Advisory." + topic)));
    }

    /** On {@code ActiveMQ.Advisory.<kind>.<Queue or Topic>.<name>}, the way ordinary destinations are written. */
    static Advisories on(Session session, String kind, ActiveMQDestination destination) throws JMSException {
        return on(session, kind + (destination.isQueue() ? ".Queue." : ".Topic.") + destination.getPhysicalName());
    }

    ActiveMQMessage next() throws JMSException {
        return (ActiveMQMessage) Jms.receive(subscriber);
    }

    /** The next advisory whose data is of this type and meant; those of other scenarios are dropped. */
    <T extends DataStructure> ActiveMQMessage next(Class<T> type, Predicate<T> meant) throws JMSException {
        while (true) {
            ActiveMQMessage advisory = next();
            if (type.isInstance(advisory.getDataStructure()) && meant.test(type.cast(advisory.getDataStructure()))) {
                return advisory;
            }
        }
    }

    /** Whether nothing has come that was not asked for. */
    void assertNoMore() throws JMSException {
        assertThat(subscriber.receive(Jms.ABSENCE_MS)).isNull();
    }

    /** What every advisory has. */
    static void assertAdvisory(ActiveMQMessage advisory) throws JMSException {
        assertThat(advisory.getJMSType()).isEqualTo("Advisory");
        assertThat(advisory.isPersistent()).isFalse();
        assertThat(advisory.getJMSPriority()).isZero();
        assertThat(advisory.getStringProperty("originBrokerId")).isNotBlank();
        assertThat(advisory.getStringProperty("originBrokerName")).isNotBlank();
        assertThat(advisory.getStringProperty("originBrokerURL")).startsWith("tcp://");
    }
}
