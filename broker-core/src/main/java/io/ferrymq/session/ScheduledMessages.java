package io.ferrymq.session;

import io.ferrymq.flow.Receipt;
import io.ferrymq.message.ScheduledMessage;
import java.util.List;
import java.util.function.Consumer;

/** The messages of the broker that wait for their time. Any thread; nothing blocks. */
public interface ScheduledMessages {
    /** Reads those due between two times, both inclusive, in the order in which they are; on another thread, once. */
    void list(long fromMs, long toMs, Consumer<List<ScheduledMessage>> reader);

    /** Removes one; none of that name is fine. */
    void remove(String jobId, Receipt receipt);

    /** Removes those due between two times, both inclusive. */
    void removeAll(long fromMs, long toMs, Receipt receipt);
}
