package io.ferrymq.openwire.connection;

import io.ferrymq.flow.ConsumerId;
import io.ferrymq.flow.Delivery;
import io.ferrymq.flow.MemoryBudget;
import io.ferrymq.flow.Receipt;
import io.ferrymq.flow.Refusal;
import io.ferrymq.openwire.codec.WireFormat;
import io.ferrymq.openwire.command.BaseCommand;
import io.ferrymq.openwire.command.ConnectionError;
import io.ferrymq.openwire.command.ConsumerControl;
import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.ExceptionResponse;
import io.ferrymq.openwire.command.MessageDispatch;
import io.ferrymq.openwire.command.Response;
import io.ferrymq.openwire.command.WireThrowable;
import io.ferrymq.session.ClientListener;
import io.ferrymq.transport.OutboundQueue;
import io.ferrymq.transport.ReadGate;
import io.ferrymq.transport.Tasks;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way back to one client: answers and deliveries. Any thread may call it; encoding happens on the connection's event loop.
 *
 * <p>Deliveries are bounded by credit, which is a count. Messages that a queue keeps are in the memory budget until they are acknowledged; those of topics, and those whose
 * bodies their queue has let go of, have no owner but this, so they are in it until they are written: producers wait for a client that reads too slowly.
 * Of advisories past the core, which nobody has credit for, a client that leaves many unread misses the next. Everything else, and what is pulled, is bounded by the {@link ReadGate}: a command holds a little of it until
 * its outcome is known, and an answer until it is on its way, so a client that asks without reading is not read any more.
 */
final class Link implements ClientListener, OutboundQueue.Encoder<Object> {
    /** Whose way it is; called on the connection's event loop. */
    interface Owner {
        void onEvicted(String reason);

        /** The client's version or frame size has no room for this message. */
        void onUndeliverable(Delivery delivery, String reason);
    }

    /** A message that no credit bounds. */
    private interface Uncredited {
        Delivery delivery();

        default int bytes() {
            return delivery().message().footprintBytes();
        }
    }

    /** One that was pulled or asked for in another way, and counts like an answer until it is written. */
    private record Pulled(Delivery delivery) implements Uncredited {}

    /** An advisory past the core. */
    private record Told(Delivery delivery) implements Uncredited {}

    /** Where it comes in the queue, held deliveries are released. */
    private static final Object RELEASE = new Object();

    /** What an unfinished command or an unwritten answer counts for, roughly its heap. */
    static final int COMMAND_BYTES = 256;

    private final Channel channel;
    private final ReadGate gate;
    private final WireFormat wireFormat;
    private final MessageAdapter messages;
    private final MemoryBudget memory;
    private final Owner owner;
    private final OutboundQueue<Object> outbound = new OutboundQueue<>(this);
    private final DeliveryHold deliveryHold = new DeliveryHold();
    /** Consumers without prefetch: no credit bounds what they ask for. */
    private final Set<ConsumerId> pulling = ConcurrentHashMap.newKeySet();

    /** Of advisories past the core that are not written. */
    private final AtomicLong toldBytes = new AtomicLong();

    private volatile boolean congestionSeen;
    /** Set once on the event loop, before there is a client that could be refused anything. */
    private Dialect dialect = Dialect.JAVAX;

    Link(
            Channel channel,
            ReadGate gate,
            WireFormat wireFormat,
            MessageAdapter messages,
            MemoryBudget memory,
            Owner owner) {
        this.channel = channel;
        this.gate = gate;
        this.wireFormat = wireFormat;
        this.messages = messages;
        this.memory = memory;
        this.owner = owner;
    }

    OutboundQueue<Object> outbound() {
        return outbound;
    }

    void open(Dialect spoken) {
        dialect = spoken;
        outbound.open();
    }

    /** From now on until {@link #releaseDeliveries} answers and advisories overtake deliveries. On the event loop. */
    void holdDeliveries() {
        deliveryHold.begin();
    }

    /** Any thread. Deliveries go on, behind what has been sent before this. */
    void releaseDeliveries() {
        outbound.enqueue(RELEASE);
    }

    /** The connection is over. On the event loop. */
    void closed() {
        deliveryHold.drop(this::dropped);
    }

    void hold(int bytes) {
        gate.hold(bytes);
    }

    void release(int bytes) {
        gate.release(bytes);
    }

    /** What the client sends next is not looked at until {@link #goOn}; not to be nested. On the event loop. */
    void pause() {
        gate.pause();
    }

    /** Any thread. */
    void goOn() {
        execute(gate::resume);
    }

    /** Runs on the connection's event loop; not at all when that has ended. */
    void execute(Runnable task) {
        Tasks.execute(channel.eventLoop(), task);
    }

    void send(DataStructure command) {
        gate.hold(COMMAND_BYTES);
        outbound.enqueue(command);
    }

    /** The receipt that answers {@code command}, if it wants to be answered. */
    Receipt receipt(BaseCommand command) {
        gate.hold(COMMAND_BYTES);
        return new Answer(this, command.commandId, command.responseRequired);
    }

    void respond(int commandId, boolean required) {
        if (required) {
            send(new Response(commandId));
        }
    }

    void refuse(int commandId, boolean required, Refusal refusal) {
        refuse(commandId, required, Errors.of(refusal, dialect));
    }

    /** OpenWire 14: an ExceptionResponse to whoever waits, else a ConnectionError; the connection stays open. */
    void refuse(int commandId, boolean required, WireThrowable error) {
        if (required) {
            send(new ExceptionResponse(commandId, error));
        } else {
            ConnectionError report = new ConnectionError();
            report.exception = error;
            send(report);
        }
    }

    /** Whether {@code consumer} pulls, or has stopped doing so. */
    void pulls(ConsumerId consumer, boolean pulls) {
        if (pulls) {
            pulling.add(consumer);
        } else {
            pulling.remove(consumer);
        }
    }

    /** The client is closed, and all its consumers with it. */
    void nobodyPulls() {
        pulling.clear();
    }

    /** An advisory past the core; false, and it is dropped, when the client has left as many of them unread as it may have in flight. */
    boolean tell(Delivery delivery) {
        Told told = new Told(delivery);
        if (toldBytes.addAndGet(told.bytes()) > gate.limitBytes()) {
            toldBytes.addAndGet(-told.bytes());
            return false;
        }
        memory.take(told.bytes());
        outbound.enqueue(told);
        return true;
    }

    /** One of the advisories that a new consumer asks for by coming: until it is written, its client may ask for little else. */
    void tellAgain(Delivery delivery) {
        pull(new Pulled(delivery));
    }

    private void pull(Pulled pulled) {
        gate.hold(pulled.bytes());
        outbound.enqueue(pulled);
    }

    @Override
    public void deliver(Delivery delivery) {
        if (!pulling.isEmpty() && pulling.contains(delivery.consumer())) {
            pull(new Pulled(delivery));
        } else {
            if (!delivery.kept()) {
                memory.take(delivery.message().footprintBytes());
            }
            outbound.enqueue(delivery);
        }
    }

    /** Exchanges, section 8: a dispatch without message. Counted as an answer, because every pull may ask for one. */
    @Override
    public void nothing(ConsumerId consumer) {
        MessageDispatch dispatch = new MessageDispatch();
        dispatch.consumerId = Names.wire(consumer);
        send(dispatch);
    }

    /** Exchanges, section 5: the client closes the consumer, and its RemoveInfo follows. */
    @Override
    public void abort(ConsumerId consumer) {
        ConsumerControl control = new ConsumerControl();
        control.consumerId = Names.wire(consumer);
        control.close = true;
        send(control);
    }

    @Override
    public boolean isCongested() {
        if (channel.isWritable()) {
            return false;
        }
        congestionSeen = true;
        return !channel.isWritable(); // it may have had room just before that was noted
    }

    /** On the event loop: whether somebody waits for the room that there is now. */
    boolean wasCongested() {
        boolean seen = congestionSeen;
        congestionSeen = false;
        return seen;
    }

    @Override
    public void evicted(String reason) {
        execute(() -> owner.onEvicted(reason));
    }

    @Override
    public void encode(Object command, ByteBuf out) {
        if (command == RELEASE) {
            if (deliveryHold.release(out, this::encodeNow)) {
                releaseDeliveries();
            }
        } else if (!isHeld(command)) {
            encodeNow(command, out);
        }
    }

    private boolean isHeld(Object command) {
        if (command instanceof Delivery delivery) {
            return deliveryHold.keeps(command, delivery.message());
        } else if (command instanceof Uncredited uncredited) {
            return deliveryHold.keeps(command, uncredited.delivery().message());
        }
        return command instanceof MessageDispatch && deliveryHold.keeps(command, null);
    }

    private void encodeNow(Object command, ByteBuf out) {
        dropped(command);
        if (command instanceof Delivery delivery) {
            encode(delivery, out);
        } else if (command instanceof Uncredited uncredited) {
            encode(uncredited.delivery(), out);
        } else {
            wireFormat.encode((DataStructure) command, out);
        }
    }

    /** Written or not, it is not waiting any more. */
    @Override
    public void dropped(Object command) {
        if (command instanceof Delivery delivery) {
            if (!delivery.kept()) {
                memory.give(delivery.message().footprintBytes());
            }
        } else if (command instanceof Told told) {
            toldBytes.addAndGet(-told.bytes());
            memory.give(told.bytes());
        } else if (command != RELEASE) {
            gate.release(command instanceof Pulled pulled ? pulled.bytes() : COMMAND_BYTES);
        }
    }

    /** A message that this client cannot take is given up, not left between its others: an acknowledgement of a range would consume it unseen. */
    private void encode(Delivery delivery, ByteBuf out) {
        try {
            wireFormat.encode(messages.toDispatch(delivery), out);
        } catch (IllegalArgumentException e) {
            owner.onUndeliverable(delivery, String.valueOf(e.getMessage()));
            if (pulling.contains(delivery.consumer())) {
                nothing(delivery.consumer());
            }
        }
    }

    @Override
    public int estimateBytes(Object command) {
        if (command instanceof Delivery delivery) {
            return delivery.message().footprintBytes();
        }
        return command instanceof Uncredited uncredited ? uncredited.bytes() : COMMAND_BYTES;
    }
}
