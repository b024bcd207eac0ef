package io.ferrymq.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Record;
import io.ferrymq.journal.RecordCodec;
import io.ferrymq.message.DestinationName;
import io.ferrymq.message.Message;
import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The worked example in docs/journal-format.md is what this build writes. */
final class JournalFormatTest {
    @Test
    void shouldWriteTheExampleOfTheDocument() throws IOException {
        String document = Files.readString(Path.of("..", "docs", "journal-format.md"));
        String example = document.substring(document.indexOf("<!-- example -->"), document.indexOf("<!-- end -->"));
        String hex = example.lines()
                .filter(line -> line.matches("[0-9a-f]{4}  .*"))
                .map(line -> line.substring(6, Math.min(line.length(), 6 + 47)).replace(" ", ""))
                .collect(Collectors.joining());
        assertThat(hex).isEqualTo(HexFormat.of().formatHex(exampleFrame()));
    }

    private static byte[] exampleFrame() {
        MessageId id = new MessageId(new ProducerId("ID:a", 1, 1), 5);
        Message message = Message.builder(id, DestinationName.queue("ORDERS"))
                .persistent(true)
                .timestampMs(1_700_000_000_000L)
                .arrivalMs(1_700_000_000_001L)
                .body((byte) 28, false, "hello".getBytes(StandardCharsets.US_ASCII))
                .build();
        FrameFormat format = new FrameFormat(0x0123456789ABCDEFL, 3);
        format.segment(17);
        ByteBuffer buffer = ByteBuffer.allocate(256).position(FrameFormat.HEADER);
        Record record = new Record.MessageAdded(1000, message);
        RecordCodec.encode(record, buffer);
        format.seal(buffer, 0, record.type().code(), 0, 0, 2, 42);
        byte[] frame = new byte[buffer.position()];
        buffer.get(0, frame);
        return frame;
    }
}
