package io.ferrymq.store;

import java.nio.file.Path;

/** Where the parts of a store are. */
record StoreLayout(Path data, long segmentBytes) {
    static final String SPARE = "spare";

    /** The directory of the segments. */
    Path journal() {
        return data.resolve("journal");
    }

    /** What a dropped segment has left for the next one. */
    Path spare() {
        return journal().resolve(SPARE);
    }

    /** The directory of the snapshots. */
    Path snapshots() {
        return data.resolve("snapshots");
    }

    /** The directory of what could not be read; made when there is something. */
    Path damaged() {
        return data.resolve("damaged");
    }
}
