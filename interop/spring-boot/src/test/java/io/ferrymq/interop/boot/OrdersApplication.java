package io.ferrymq.interop.boot;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.jms.annotation.JmsListener;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.messaging.handler.annotation.SendTo;

/** As in a first tutorial: no word about a broker. */
@SpringBootApplication
class OrdersApplication {
    private final JmsTemplate template;
    private final List<String> taken = new CopyOnWriteArrayList<>();

    OrdersApplication(JmsTemplate template) {
        this.template = template;
    }

    void order(String what) {
        template.convertAndSend("orders", what);
    }

    @JmsListener(destination = "orders")
    void take(String order) {
        taken.add(order);
    }

    @JmsListener(destination = "questions")
    @SendTo("nobody asked for an answer")
    String answer(String question) {
        return "answer to " + question;
    }

    List<String> taken() {
        return List.copyOf(taken);
    }
}
