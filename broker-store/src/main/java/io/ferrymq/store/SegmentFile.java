package io.ferrymq.store;

import java.nio.file.Path;

/** One file of the log. Ids grow from the oldest to the newest and are never used again. */
record SegmentFile(long id, Path path) {}
