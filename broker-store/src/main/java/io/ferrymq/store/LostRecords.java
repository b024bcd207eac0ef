package io.ferrymq.store;

import java.util.List;

/**
 * Records that were promised and are not there.
 *
 * @param whole where the last whole entry before them ends
 * @param good where the last frame before them ends
 * @param goesOn where the next good entry begins; behind the last file if there is none
 * @param without segments they were in and that are missing, in words
 */
record LostRecords(long firstLsn, long lastLsn, long whole, long good, long goesOn, List<String> without) {
    /** In words. */
    String what() {
        return without.isEmpty()
                ? "no valid frame follows here, though what was here had become durable"
                : String.join(", ", without);
    }
}
