package io.ferrymq.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of a connection inside the JVM; it behaves like that of a socket. One thread may read, another may write, and
 * any may close it. Not for event loops, because it waits: for bytes, and while the broker does not read.
 */
public final class Pipe implements AutoCloseable {
    /** So that a large frame does not wait for room for all of it. */
    private static final int CHUNK_BYTES = 64 << 10;

    /** What peers are shown as. */
    private static final class Address extends SocketAddress {
        private static final long serialVersionUID = 1L;

        private final String name;

        private Address(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private final PipeChannel channel;
    private final InputStream input = new Input();
    private final OutputStream output = new Output();

    Pipe(PipeChannel channel) {
        this.channel = channel;
    }

    static SocketAddress address(String name) {
        return new Address(name);
    }

    /** What the broker writes. Ends when it has closed the connection, after what was written before. */
    public InputStream input() {
        return input;
    }

    /** What the broker will read. Not buffered; an interrupt does not break it, like that of a socket. */
    public OutputStream output() {
        return output;
    }

    /** The broker still reads what was written. Idempotent. */
    @Override
    public void close() {
        channel.toClient().close();
        channel.fromClient().end();
        channel.wakeReader();
        channel.wakeWriter();
    }

    /** The name it was connected with. */
    @Override
    public String toString() {
        return String.valueOf(channel.remoteAddress());
    }

    private final class Input extends InputStream {
        private byte @Nullable [] chunk = new byte[0];
        private int position;

        @Override
        public int read() {
            return fill() ? current()[position++] & 0xFF : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, current().length - position);
            System.arraycopy(current(), position, bytes, offset, count);
            position += count;
            return count;
        }

        @Override
        public int available() {
            return chunk == null ? 0 : chunk.length - position;
        }

        /** False at the end. */
        private boolean fill() {
            while (chunk != null && position == chunk.length) {
                chunk = channel.toClient().take(channel::wakeWriter);
                position = 0;
            }
            return chunk != null;
        }

        private byte[] current() {
            return Objects.requireNonNull(chunk, "chunk");
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            int end = offset + length;
            for (int from = offset; from < end; from += CHUNK_BYTES) {
                channel.fromClient().put(Arrays.copyOfRange(bytes, from, Math.min(end, from + CHUNK_BYTES)));
                channel.wakeReader();
            }
        }
    }
}
