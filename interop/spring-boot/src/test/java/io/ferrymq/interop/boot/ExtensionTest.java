package io.ferrymq.interop.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.Broker;
import io.ferrymq.junit.EmbeddedBroker;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The extension of broker-junit with the JUnit of Spring Boot, and an application that is given its URL. */
@EmbeddedBroker
class ExtensionTest {
    @Test
    void shouldServeAnApplication(URI uri, Broker broker) {
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(OrdersApplication.class)
                .web(WebApplicationType.NONE)
                .run("--spring.activemq.broker-url=" + uri)) {
            OrdersApplication application = context.getBean(OrdersApplication.class);
            application.order("a");

            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(application.taken()).containsExactly("a"));
            assertThat(broker.admin().connections()).isPositive();
        }
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(broker.admin().connections()).isZero());
    }
}
