package io.ferrymq.openwire.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Finds a word in bytes, looking at few of them (Horspool): for what almost no message has. Immutable; any thread. */
public final class BytePattern {
    private final byte[] word;
    /** By how much to go on, for each value of the byte under the word's last letter. */
    private final int[] steps = new int[256];

    /** @param word of ASCII letters, at least one */
    public BytePattern(String word) {
        this.word = word.getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(steps, this.word.length);
        for (int i = 0; i < this.word.length - 1; i++) {
            steps[this.word[i] & 0xFF] = this.word.length - 1 - i;
        }
    }

    /** Whether the word is anywhere in {@code bytes}. */
    public boolean isIn(byte[] bytes) {
        int last = word.length - 1;
        int at = last;
        while (at < bytes.length) {
            if (Arrays.equals(bytes, at - last, at + 1, word, 0, word.length)) {
                return true;
            }
            at += steps[bytes[at] & 0xFF];
        }
        return false;
    }
}
