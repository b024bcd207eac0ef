package io.ferrymq.interop.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.jms.activemq.ActiveMQConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.jms.core.JmsTemplate;

/** The URL that Spring Boot takes when it is told nothing leads to a broker that is only on the class path. */
@SpringBootTest
class DefaultUrlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Autowired
    private OrdersApplication application;

    @Autowired
    private JmsTemplate template;

    @Autowired
    private ActiveMQConnectionDetails details;

    @Test
    void shouldDeliverToAListener() {
        assertThat(details.getBrokerUrl()).isEqualTo("vm://localhost?broker.persistent=false");

        application.order("a");
        application.order("b");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(application.taken()).containsExactly("a", "b"));
    }

    @Test
    void shouldAnswerARequest() throws JMSException {
        template.setReceiveTimeout(PATIENCE.toMillis());

        Message answer = template.sendAndReceive("questions", session -> session.createTextMessage("why"));

        assertThat(answer).isInstanceOf(TextMessage.class);
        assertThat(((TextMessage) answer).getText()).isEqualTo("answer to why");
    }
}
