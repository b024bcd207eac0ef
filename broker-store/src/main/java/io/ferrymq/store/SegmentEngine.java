package io.ferrymq.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Puts bytes into segment files. The bytes of a segment are found again as a run of whole frames on 4-byte boundaries of its
 * file, in the order of the appends; what lies between them is the engine's. {@link #existing} may be called on any thread
 * before the first {@link #roll}; from then on all calls come from one thread at a time, which is never interrupted.
 *
 * <p>Any Throwable out of these calls is final: the journal stops and calls nothing but {@link #close}.
 */
interface SegmentEngine extends AutoCloseable {
    /** The engine's name, as the FORMAT marker has it. */
    String name();

    /** The segments that were there when the engine was opened, oldest first. They are only read and dropped. */
    List<SegmentFile> existing() throws IOException;

    /**
     * Ends the current segment, if there is one, with all of it durable, and begins a new one with {@code header} as its
     * first bytes. On return the new file, the header in it and the directory that names it are durable.
     */
    SegmentFile roll(long id, ByteBuffer header) throws IOException;

    /** How many bytes {@link #append} can still take in this segment. */
    long room();

    /** Whether so many bytes, in several appends, find room in this segment that the disk has given already, while it gives no more. */
    boolean isReady(int bytes);

    /** Appends the remaining bytes of {@code frames}, at most {@link FrameFormat#MAX_APPEND}; a multiple of 4. Not durable. */
    void append(ByteBuffer frames) throws IOException;

    /** All that was appended before is durable on return. */
    void force() throws IOException;

    /** Removes a segment that is not the current one. On return it is gone for good, also after a power cut. */
    void drop(SegmentFile segment) throws IOException;

    /** Lets go of everything, without a promise about what was not forced. */
    @Override
    void close() throws IOException;
}
