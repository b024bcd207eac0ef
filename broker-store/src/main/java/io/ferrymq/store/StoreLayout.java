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

    /** The state as it was when the broker last stopped cleanly. */
    Path snapshot() {
        return data.resolve("snapshot");
    }

    /** The directory of what could not be read; made when there is something. */
    Path damaged() {
        return data.resolve("damaged");
    }
}
