package io.ferrymq.store;

import io.ferrymq.message.DestinationName;
import java.util.List;
import java.util.Optional;

/**
 * Records that were promised to be there and cannot be read.
 *
 * @param file the segment, as a path below the data directory's journal
 * @param offset where in it the damage begins
 * @param firstLsn the first record that is lost with it
 * @param lastLsn the last one; smaller than {@code firstLsn} never
 * @param what in words
 * @param suspects what can still be made out of the lost records; may be wrong
 */
public record Damage(String file, long offset, long firstLsn, long lastLsn, String what, List<Suspect> suspects) {
    /** What a damaged record seems to be. */
    public record Suspect(long lsn, String type, Optional<DestinationName> destination, Optional<String> messageId) {}

    public long records() {
        return lastLsn - firstLsn + 1;
    }
}
