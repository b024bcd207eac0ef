package io.ferrymq.perf.jmh;

import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.codec.WireOptions;
import io.ferrymq.openwire.command.ActiveMQBytesMessage;
import io.ferrymq.openwire.command.ActiveMQQueue;
import io.ferrymq.openwire.command.ConsumerId;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.MessageAck;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.MessageId;
import io.ferrymq.openwire.command.ProducerId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Frames of a stock client, without cache and tight encoding, as FerryMQ negotiates them: a message of 1 KiB in, out, and its acknowledgement in. */
@State(Scope.Thread)
public class CodecBenchmark {
    private static final int MAX_FRAME_BYTES = 1 << 20;
    private static final int BODY_BYTES = 1024;

    private final WireFormat wireFormat = new WireFormat(MAX_FRAME_BYTES);
    private final ByteBuf out = Unpooled.directBuffer(2 * BODY_BYTES);
    private ByteBuf messageFrame = Unpooled.EMPTY_BUFFER;
    private ByteBuf ackFrame = Unpooled.EMPTY_BUFFER;
    private MessageDispatch dispatch = new MessageDispatch();

    @Setup
    public void prepare() {
        wireFormat.apply(WireOptions.ofVersion(WireOptions.LATEST_VERSION));
        ActiveMQQueue queue = new ActiveMQQueue("orders");
        ActiveMQBytesMessage message = new ActiveMQBytesMessage();
        message.producerId = new ProducerId("ID:host-1234-1", 1, 1);
        message.messageId = new MessageId(message.producerId, 17);
        message.destination = queue;
        message.persistent = true;
        message.content = new byte[BODY_BYTES];
        messageFrame = frame(message);

        MessageAck ack = new MessageAck();
        ack.destination = queue;
        ack.consumerId = new ConsumerId("ID:host-1234-2", 1, 1);
        ack.ackType = MessageAck.STANDARD;
        ack.lastMessageId = message.messageId;
        ack.messageCount = 1;
        ackFrame = frame(ack);

        dispatch = new MessageDispatch();
        dispatch.consumerId = ack.consumerId;
        dispatch.destination = queue;
        dispatch.message = message;
    }

    private ByteBuf frame(DataStructure command) {
        ByteBuf frame = Unpooled.directBuffer();
        wireFormat.encode(command, frame);
        return frame.skipBytes(Integer.BYTES);
    }

    @Benchmark
    public DataStructure decodeMessage() {
        return wireFormat.decode(messageFrame.readerIndex(Integer.BYTES));
    }

    @Benchmark
    public DataStructure decodeAcknowledgement() {
        return wireFormat.decode(ackFrame.readerIndex(Integer.BYTES));
    }

    @Benchmark
    public int encodeDispatch() {
        out.clear();
        wireFormat.encode(dispatch, out);
        return out.readableBytes();
    }
}
