package io.ferrymq.perf.nullbroker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One client: reads frames where they lie and copies nothing but messages. Owned by the event loop. */
final class NullConnection extends ByteToMessageDecoder {
    private final NullBroker broker;
    private final Channel channel;
    private final LongObjectMap<NullConsumer> consumers = new LongObjectHashMap<>();

    /** Most producers send to one destination: its bytes are compared before a name is made of them. */
    private ByteBuf lastName = Unpooled.EMPTY_BUFFER;

    private @Nullable NullDestination last;
    private boolean flushing;

    NullConnection(NullBroker broker, Channel channel) {
        this.broker = broker;
        this.channel = channel;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(Wire.wireFormatInfo(context.alloc()));
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        removeAll();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        System.err.println("connection closed: " + cause);
        context.close();
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        while (in.readableBytes() >= Integer.BYTES) {
            int length = in.getInt(in.readerIndex());
            if (in.readableBytes() < Integer.BYTES + length) {
                return;
            }
            in.skipBytes(Integer.BYTES);
            int end = in.readerIndex() + length;
            onFrame(in, end);
            in.readerIndex(end);
        }
    }

    /** Not the inherited one: as nothing is handed on here, that would read on although {@link #pause} said not to. */
    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        discardSomeReadBytes();
    }

    private void onFrame(ByteBuf in, int end) {
        int start = in.readerIndex();
        int type = in.readByte();
        if (type == Wire.WIRE_FORMAT_INFO) {
            return;
        }
        int commandId = in.readInt();
        boolean wantsAnswer = in.readBoolean();
        if (type >= Wire.FIRST_MESSAGE && type <= Wire.LAST_MESSAGE) {
            onMessage(in, start, end);
        } else if (type == Wire.MESSAGE_ACK) {
            onAcknowledgement(in);
        } else if (type == Wire.CONSUMER_INFO) {
            onConsumer(in);
        } else if (type == Wire.REMOVE_INFO) {
            onRemove(in);
        }
        if (wantsAnswer) {
            boolean keepAlive = type == Wire.KEEP_ALIVE_INFO;
            write(keepAlive ? Wire.keepAlive(channel.alloc(), commandId) : Wire.response(channel.alloc(), commandId));
        }
    }

    /** A dispatch nests the destination and, behind a one, the message as it came. */
    private void onMessage(ByteBuf in, int start, int end) {
        Wire.skipProducerId(in);
        int from = in.readerIndex();
        NullDestination destination = destination(in);
        int nameBytes = in.readerIndex() - from;
        ByteBuf message = buffer(nameBytes + 1 + end - start + Integer.BYTES);
        message.writeBytes(in, from, nameBytes).writeBoolean(true).writeBytes(in, start, end - start);
        destination.accept(message.writeInt(0), this);
    }

    private NullDestination destination(ByteBuf in) {
        int from = in.readerIndex();
        if (last != null && startsWithLast(in, from)) {
            in.skipBytes(lastName.readableBytes());
            return last;
        }
        byte type = Wire.nested(in);
        last = broker.destination(type, Wire.string(in));
        lastName = Unpooled.wrappedBuffer(bytes(in, from, in.readerIndex()));
        return last;
    }

    private boolean startsWithLast(ByteBuf in, int from) {
        // a name's length lies before it: equal bytes cannot be the start of a longer name
        int length = lastName.readableBytes();
        return in.readableBytes() >= length && ByteBufUtil.equals(in, from, lastName, 0, length);
    }

    private static byte[] bytes(ByteBuf in, int from, int to) {
        byte[] bytes = new byte[to - from];
        in.getBytes(from, bytes);
        return bytes;
    }

    private void onConsumer(ByteBuf in) {
        int from = in.readerIndex();
        long key = Wire.consumerId(in);
        byte[] id = bytes(in, from, in.readerIndex());
        in.skipBytes(1);
        byte type = Wire.nested(in);
        NullDestination destination = broker.destination(type, Wire.string(in));
        NullConsumer consumer = new NullConsumer(this, destination, id, in.readInt());
        consumers.put(key, consumer);
        destination.add(consumer);
    }

    private void onAcknowledgement(ByteBuf in) {
        Wire.skipDestination(in);
        Wire.skipTransactionId(in);
        NullConsumer consumer = consumers.get(Wire.consumerId(in));
        int type = in.readByte();
        Wire.skipMessageId(in);
        Wire.skipMessageId(in);
        if (consumer != null) {
            consumer.acknowledge(type, in.readInt());
        }
    }

    /** Sessions and connections are closed by clients that close the socket next. */
    private void onRemove(ByteBuf in) {
        if (Wire.nested(in) == Wire.CONSUMER_ID) {
            NullConsumer consumer = consumers.remove(Wire.idWithoutType(in));
            if (consumer != null) {
                consumer.destination().remove(consumer);
            }
        }
    }

    private void removeAll() {
        consumers.values().forEach(consumer -> consumer.destination().remove(consumer));
        consumers.clear();
    }

    ByteBuf buffer(int capacity) {
        return channel.alloc().buffer(capacity, capacity);
    }

    void write(ByteBuf bytes) {
        channel.write(bytes, channel.voidPromise());
        if (!flushing) {
            flushing = true;
            broker.flushLater(this, channel);
        }
    }

    void flush() {
        flushing = false;
        channel.flush();
    }

    /** True when it was read until now. */
    boolean pause() {
        boolean reading = channel.config().isAutoRead();
        channel.config().setAutoRead(false);
        return reading;
    }

    void resume() {
        channel.config().setAutoRead(true);
    }
}
