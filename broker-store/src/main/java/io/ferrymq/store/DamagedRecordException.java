package io.ferrymq.store;

import java.io.IOException;

/** A file could be read, and a record is not in it as it was written. */
final class DamagedRecordException extends IOException {
    private static final long serialVersionUID = 1L;

    DamagedRecordException(String why) {
        super(why);
    }
}
