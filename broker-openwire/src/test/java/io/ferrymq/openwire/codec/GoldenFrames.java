package io.ferrymq.openwire.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.ferrymq.openwire.command.WireFormatInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The bytes stock clients and brokers wrote, from the test resources. */
final class GoldenFrames {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Files of single frames. */
    static final List<String> FILES = List.of("v01", "v06", "v09", "v10", "v11", "v12", "exceptions-javax-5.19.7");

    /** One frame with what it means. {@code bytes} has the size prefix when {@code sizePrefix}. */
    record Vector(String name, WireOptions options, byte[] bytes, JsonNode fields, JsonNode semantic) {
        /** Type code and body. */
        ByteBuf frame() {
            int prefix = options.sizePrefixDisabled() ? 0 : 4;
            return Unpooled.wrappedBuffer(bytes, prefix, bytes.length - prefix);
        }

        byte[] frameBytes() {
            return ByteBufUtil.getBytes(frame());
        }

        /** A connection after its handshake: a WireFormatInfo now is written like any other frame. */
        WireFormat wireFormat() {
            WireFormat wireFormat = new WireFormat(1 << 20);
            wireFormat.encode(new WireFormatInfo(), Unpooled.buffer());
            wireFormat.apply(options);
            return wireFormat;
        }

        @Override
        public String toString() {
            return name + " v" + options.version() + (options.tight() ? " tight" : " loose");
        }
    }

    private GoldenFrames() {}

    static JsonNode file(String name) {
        try (InputStream in = GoldenFrames.class.getResourceAsStream("/openwire/" + name + ".json")) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Vector> vectors(String file) {
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode node : file(file).get("vectors")) {
            byte[] bytes = hex(node.get("hex").textValue());
            vectors.add(new Vector(
                    node.get("name").textValue(), options(node), bytes, node.get("fields"), node.path("semantic")));
        }
        return vectors;
    }

    static WireOptions options(JsonNode node) {
        boolean cache = node.get("cache").booleanValue();
        return new WireOptions(
                node.get("version").intValue(),
                node.get("tight").booleanValue(),
                cache,
                cache ? node.get("cacheSize").intValue() : 0,
                node.get("stackTrace").booleanValue(),
                !node.path("sizePrefix").asBoolean(true),
                true,
                Long.MAX_VALUE,
                0,
                0);
    }

    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
