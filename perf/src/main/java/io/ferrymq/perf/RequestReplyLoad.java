package io.ferrymq.perf;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.command.ActiveMQQueue;

/** One client asks, one responder answers to the client's temporary queue, each on its own connection; one request at a time. */
final class RequestReplyLoad {
    private static final int WARMUP_TRIPS = 2_000;
    private static final long REPLY_MS = TimeUnit.SECONDS.toMillis(20);

    private final MessagingSettings settings;
    private final ActiveMQConnectionFactory factory;
    private final ActiveMQQueue requests = new ActiveMQQueue("perf.requests");
    private final Window window = new Window();

    RequestReplyLoad(MessagingSettings settings, String url) {
        this.settings = settings;
        this.factory = new ActiveMQConnectionFactory(url);
    }

    Map<Figure, Double> run() throws JMSException {
        Latency latency = new Latency();
        try (Connection responder = factory.createConnection();
                Connection client = factory.createConnection()) {
            respond(responder);
            Session session = client.createSession(false, Session.AUTO_ACKNOWLEDGE);
            Destination replies = session.createTemporaryQueue();
            MessageConsumer consumer = session.createConsumer(replies);
            MessageProducer producer = session.createProducer(requests);
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            client.start();
            for (int i = 0; i < WARMUP_TRIPS + settings.roundTrips(); i++) {
                Message request = session.createTextMessage("request " + i);
                request.setJMSReplyTo(replies);
                request.setJMSCorrelationID(Integer.toString(i));
                long startNs = System.nanoTime();
                producer.send(request);
                Message reply = consumer.receive(REPLY_MS);
                if (i >= WARMUP_TRIPS) {
                    latency.record(System.nanoTime() - startNs);
                }
                check(request, reply);
            }
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.ROUND_TRIP_P50_US, latency.millisAt(50) * 1_000);
        figures.put(Figure.ROUND_TRIP_P99_US, latency.millisAt(99) * 1_000);
        return figures;
    }

    private void respond(Connection connection) throws JMSException {
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(null);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        session.createConsumer(requests).setMessageListener(request -> {
            try {
                Message reply = session.createTextMessage("reply");
                reply.setJMSCorrelationID(request.getJMSCorrelationID());
                producer.send(request.getJMSReplyTo(), reply);
            } catch (JMSException e) {
                window.fail("responder", e);
            }
        });
        connection.start();
    }

    private void check(Message request, Message reply) throws JMSException {
        if (reply == null || !request.getJMSCorrelationID().equals(reply.getJMSCorrelationID())) {
            throw new LoadException(
                    "no reply or another's: request=" + request.getJMSCorrelationID() + " " + window.problem());
        }
    }
}
