package io.ferrymq.server.lines;

import io.ferrymq.message.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.InflaterInputStream;
import org.apache.activemq.util.MarshallingSupport;

/** Bodies of messages as OpenWire has them: which kind, and the text in text messages. */
final class Body {
    /** The first of OpenWire's codes for messages, and what they are called from there on. */
    private static final int FIRST_FORMAT = 23;

    private static final List<String> FORMATS = List.of("message", "bytes", "map", "object", "stream", "text", "blob");
    private static final byte TEXT = (byte) (FIRST_FORMAT + FORMATS.indexOf("text"));

    private static final int LENGTH_BYTES = 4;
    /** A text that is larger when it is inflated is left as it is. */
    private static final int MAX_INFLATED_BYTES = 64 << 20;

    private Body() {}

    static String format(byte code) {
        int index = code - FIRST_FORMAT;
        return index >= 0 && index < FORMATS.size() ? FORMATS.get(index) : Byte.toString(code);
    }

    static byte format(String name) {
        int index = FORMATS.indexOf(name);
        if (index >= 0) {
            return (byte) (FIRST_FORMAT + index);
        }
        try {
            return Byte.parseByte(name);
        } catch (NumberFormatException e) {
            throw new MalformedLineException("'" + name + "' is none of " + FORMATS);
        }
    }

    /** The text of a text message; empty where there is none or where it cannot be read. */
    static Optional<String> text(Message message) {
        if (message.format() != TEXT || message.body().length < LENGTH_BYTES) {
            return Optional.empty();
        }
        try {
            return readable(message.compressed() ? inflated(message.body()) : message.body());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> readable(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        boolean whole = content.length >= LENGTH_BYTES && in.readInt() == content.length - LENGTH_BYTES;
        if (!whole) {
            return Optional.empty();
        }
        return Optional.ofNullable(MarshallingSupport.readUTF8(new DataInputStream(new ByteArrayInputStream(content))));
    }

    private static byte[] inflated(byte[] body) throws IOException {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(body))) {
            byte[] content = in.readNBytes(MAX_INFLATED_BYTES + 1);
            if (content.length > MAX_INFLATED_BYTES) {
                throw new IOException("too large");
            }
            return content;
        }
    }

    /** The body of a text message that is not compressed. */
    static byte[] ofText(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + LENGTH_BYTES);
        try {
            MarshallingSupport.writeUTF8(new DataOutputStream(bytes), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Whether the text says all of the body, byte by byte. */
    static boolean isAllOf(Message message, String text) {
        return !message.compressed() && Arrays.equals(ofText(text), message.body());
    }
}
