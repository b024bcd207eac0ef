package io.ferrymq.openwire.codec;

import io.ferrymq.openwire.command.DataStructure;
import io.ferrymq.openwire.command.NullCommand;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.ByteBuf;

/**
 * The encoding state of one connection, owned by its I/O thread: the negotiated options and the object caches of both
 * directions. Until {@link #apply} it is loose, without cache, in version 1, which is all that WireFormatInfo needs.
 *
 * <p>After a {@link MalformedFrameException} the connection has to be closed, because the caches of the two sides may differ.
 */
public final class WireFormat {
    private static final int SIZE_BYTES = 4;

    /** Holds connection ids and ordinary destination names. */
    private static final int CACHED_STRING_BYTES = 64;

    private final int maxFrameBytes;
    private final FrameInput in = new FrameInput(new StringCache(CACHED_STRING_BYTES));
    private final FrameWriter handshakeWriter = new LooseWriter(WireOptions.HANDSHAKE);
    private FrameReader reader;
    private FrameWriter writer = handshakeWriter;
    private WireOptions options = WireOptions.HANDSHAKE;
    private boolean announced;

    /** @param maxFrameBytes the largest frame this side accepts, type code included and size prefix not */
    public WireFormat(int maxFrameBytes) {
        if (maxFrameBytes <= 0) {
            throw new IllegalArgumentException("maxFrameBytes: " + maxFrameBytes + " (expected: > 0)");
        }
        this.maxFrameBytes = maxFrameBytes;
        reader = new LooseReader(in, options);
    }

    /** Switches both directions, with empty caches: to be called between the peer's WireFormatInfo and any other frame. */
    public void apply(WireOptions negotiated) {
        options = negotiated;
        reader = negotiated.tight() ? new TightReader(in, negotiated) : new LooseReader(in, negotiated);
        writer = negotiated.tight() ? new TightWriter(negotiated) : new LooseWriter(negotiated);
    }

    public WireOptions options() {
        return options;
    }

    /**
     * Reads one frame: type code and body, without size prefix. Consumes all of it and keeps no reference to it.
     *
     * @throws MalformedFrameException when it is not exactly one structure of this version
     */
    public DataStructure decode(ByteBuf frame) {
        in.open(frame);
        try {
            if (in.remaining() > maxFrameBytes) {
                throw in.malformed("frame too large", in.remaining(), maxFrameBytes);
            }
            DataStructure structure = decodeBody(frame);
            if (in.remaining() > 0) {
                throw in.malformed("bytes after the end of " + name(structure), in.remaining(), 0);
            }
            return structure;
        } finally {
            in.close();
        }
    }

    /**
     * Reads the fields that a frame begins with into {@code head}, whatever its type code is and follows. In the loose encoding without cache only: else
     * what is left out would be missed.
     */
    public <T extends DataStructure> T decodeHead(ByteBuf frame, T head) {
        if (options.tight() || options.cache()) {
            throw new IllegalStateException("no head without the rest of its frame: " + options);
        }
        in.open(frame);
        try {
            return reader.readHead(head);
        } finally {
            in.close();
        }
    }

    private DataStructure decodeBody(ByteBuf frame) {
        byte code = in.remaining() > 0 ? frame.getByte(frame.readerIndex()) : NullCommand.TYPE;
        if (code == NullCommand.TYPE) {
            in.int8();
            return NullCommand.INSTANCE;
        }
        return reader.read();
    }

    /**
     * Appends the frame, with its size prefix unless the two sides agreed to leave it out. This side's first WireFormatInfo is
     * loose even when the peer's one came first and was applied. When it throws, {@code out} is as before and the connection
     * can go on.
     *
     * @throws IllegalArgumentException when the peer could not read the frame: too large, a string too long for the
     *     encoding, or a structure that its version does not have
     */
    public void encode(DataStructure command, ByteBuf out) {
        boolean handshake = !announced && command.typeCode() == WireFormatInfo.TYPE;
        int at = out.writerIndex();
        boolean done = false;
        try {
            int prefix = handshake || !options.sizePrefixDisabled() ? SIZE_BYTES : 0;
            out.writeZero(prefix);
            write(command, handshake ? handshakeWriter : writer, out);
            int size = out.writerIndex() - at - prefix;
            checkSize(command, size);
            if (prefix > 0) {
                out.setInt(at, size);
            }
            announced |= handshake;
            done = true;
        } finally {
            if (!done) {
                out.writerIndex(at);
            }
        }
    }

    private static void write(DataStructure command, FrameWriter writer, ByteBuf out) {
        if (command.typeCode() == NullCommand.TYPE) {
            out.writeByte(NullCommand.TYPE);
        } else {
            writer.write(command, out);
        }
    }

    private void checkSize(DataStructure command, int size) {
        if (size > options.maxFrameSize()) {
            writer.forgetSent();
            throw new IllegalArgumentException(
                    name(command) + " too large for the peer: length=" + size + ", limit=" + options.maxFrameSize());
        }
    }

    private static String name(DataStructure structure) {
        return structure.getClass().getSimpleName();
    }
}
