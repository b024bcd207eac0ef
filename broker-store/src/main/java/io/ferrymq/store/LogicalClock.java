package io.ferrymq.store;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.openhft.chronicle.core.time.TimeProvider;

/**
 * The time that Chronicle sees: as many hours since 1970 as the segment's id, so that it rolls when we say, never when a
 * clock does. Owned by the thread that rolls; other threads of Chronicle may read it.
 */
final class LogicalClock implements TimeProvider {
    private static final long HOUR_MS = 3_600_000;
    private static final DateTimeFormatter NAME = DateTimeFormatter.ofPattern("yyyyMMdd-HH");

    volatile long cycle;

    @Override
    public long currentTimeMillis() {
        return cycle * HOUR_MS;
    }

    /** The id in the name of a segment file, {@code 19700102-03LX.cq4}. */
    static long cycleOf(Path file) {
        String name = file.getFileName().toString();
        LocalDateTime hour = LocalDateTime.parse(name.substring(0, 11), NAME);
        return hour.toEpochSecond(ZoneOffset.UTC) / 3600;
    }

    /** How the name of a segment's file begins. */
    static String nameOf(long id) {
        return NAME.format(LocalDateTime.ofEpochSecond(id * 3600, 0, ZoneOffset.UTC));
    }
}
