package io.ferrymq.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.DeliverySink;
import io.ferrymq.flow.Window;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import org.junit.jupiter.api.Test;

/** How many groups are remembered. */
class MessageGroupsTest {
    private static final int MOST = 10;

    private final MessageGroups groups = new MessageGroups(MOST);
    private final QueueConsumer consumer =
            new QueueConsumer(new ConsumerId("ID:c", 1, 1), new Nowhere(), new Window(1), 0, false, Filter.ALL);

    private static final class Nowhere implements DeliverySink {
        @Override
        public void deliver(Delivery delivery) {}

        @Override
        public void nothing(ConsumerId consumer) {}

        @Override
        public void abort(ConsumerId consumer) {}

        @Override
        public boolean isCongested() {
            return false;
        }
    }

    private static Message message(String group) {
        return Message.builder(new MessageId(new ProducerId("ID:p", 1, 1), 1), DestinationName.queue("ORDERS"))
                .group(group, 0)
                .build();
    }

    private void use(int group) {
        groups.given(message("G" + group), consumer);
        groups.left(message("G" + group));
    }

    @Test
    void shouldRememberSoManyThatNobodyUses() {
        for (int i = 0; i < 1_000; i++) {
            use(i);
        }
        assertThat(consumer.claims.groups).isLessThanOrEqualTo(MOST + 1);
        groups.release(consumer);
        assertThat(consumer.claims.groups).isZero();
    }

    /** Those of which a consumer has messages are beyond the bound; they must not keep the others beyond it, too. */
    @Test
    void shouldForgetOthersHoweverManyAreInUse() {
        int inUse = 200;
        for (int i = 0; i < inUse; i++) {
            groups.given(message("used" + i), consumer);
        }
        for (int i = 0; i < 10_000; i++) {
            use(i);
        }
        assertThat(consumer.claims.groups).isLessThanOrEqualTo(inUse + MOST + 1);
    }
}
