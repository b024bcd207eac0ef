package io.ferrymq.shard;

import io.ferrymq.flow.Receipt;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.transaction.Change;

/** Where the messages of one shard go when they are due: the way that a client's messages go. Used only by that shard. */
public interface ScheduleOutlet {
    /** An id that no message ever had. */
    MessageId nextId();

    /**
     * Sends the message and makes the change, in this shard, together or not at all. The receipt is asked only when it failed,
     * on any thread.
     */
    void send(Message message, Change change, Receipt receipt);
}
