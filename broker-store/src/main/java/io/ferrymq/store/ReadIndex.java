package io.ferrymq.store;

import java.util.Arrays;

/**
 * The segments that can be read, oldest first. Written by the owner of the {@link Segments}, read by any thread: the array is
 * replaced when a segment begins or goes, and so is a picture that stays as it is.
 */
final class ReadIndex {
    /** One segment: its file and where its records are. */
    record Readable(SegmentFile file, BlockIndex blocks) {}

    private final ReadChannels channels = new ReadChannels();
    private volatile Readable[] places = {};

    void begin(Readable place) {
        Readable[] next = Arrays.copyOf(places, places.length + 1);
        next[places.length] = place;
        places = next;
    }

    /** The oldest segment goes; nobody keeps its file open. */
    void dropOldest() {
        Readable oldest = places[0];
        places = Arrays.copyOfRange(places, 1, places.length);
        channels.dropUpTo(oldest.file().id());
    }

    boolean has(SegmentFile file) {
        for (Readable place : places) {
            if (place.file().equals(file)) {
                return true;
            }
        }
        return false;
    }

    /** Not to be changed. */
    Readable[] places() {
        return places;
    }

    ReadChannels channels() {
        return channels;
    }
}
