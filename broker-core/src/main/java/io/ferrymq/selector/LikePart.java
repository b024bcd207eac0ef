package io.ferrymq.selector;

import java.util.Arrays;
import java.util.List;

/** A stretch of a {@code LIKE} pattern without {@code %}. Immutable. */
abstract class LikePart {
    /** Stands for {@code _} among the code points. */
    static final int ANY = -1;

    /** Returned where nothing was found. */
    static final int NONE = -1;

    /** Of a part with {@code _} between two {@code %}: searching it takes a word of memory per character and 64 of these. */
    static final int MAX_SEARCHED_CHARS = 256;

    /** @param searched whether {@link #find} will be asked of it */
    static LikePart of(List<Integer> points, boolean searched, int column) {
        int[] array = points.stream().mapToInt(Integer::intValue).toArray();
        if (!points.contains(ANY)) {
            return new PlainPart(new String(array, 0, array.length));
        }
        if (searched && array.length > MAX_SEARCHED_CHARS) {
            throw new MalformedSelectorException(
                    "more than " + MAX_SEARCHED_CHARS + " characters with _ between two %", column);
        }
        return new BlankPart(array, searched);
    }

    /** The index behind this part at the beginning of the text, or {@link #NONE}. */
    abstract int endOfPrefix(String text);

    /** The index of this part at the end of the text, or {@link #NONE}. */
    abstract int startOfSuffix(String text);

    /** The index behind the leftmost place of this part between two indices, or {@link #NONE}. */
    abstract int find(String text, int from, int end);

    /** Only ordinary characters. */
    private static final class PlainPart extends LikePart {
        /** From this length on, a naive search could be slow on a text made to that end. */
        private static final int LONG_CHARS = 16;

        private final String part;

        /** Knuth, Morris, Pratt: how much is still matched when the next character is wrong. */
        private final int[] borders;

        PlainPart(String part) {
            this.part = part;
            this.borders = part.length() < LONG_CHARS ? new int[0] : borders(part);
        }

        private static int[] borders(String part) {
            int[] borders = new int[part.length()];
            int matched = 0;
            for (int i = 1; i < borders.length; i++) {
                while (matched > 0 && part.charAt(i) != part.charAt(matched)) {
                    matched = borders[matched - 1];
                }
                matched += part.charAt(i) == part.charAt(matched) ? 1 : 0;
                borders[i] = matched;
            }
            return borders;
        }

        @Override
        int endOfPrefix(String text) {
            return text.startsWith(part) ? part.length() : NONE;
        }

        @Override
        int startOfSuffix(String text) {
            return text.endsWith(part) ? text.length() - part.length() : NONE;
        }

        @Override
        int find(String text, int from, int end) {
            if (borders.length > 0) {
                return findLong(text, from, end);
            }
            int found = text.indexOf(part, from);
            return found < 0 || found + part.length() > end ? NONE : found + part.length();
        }

        private int findLong(String text, int from, int end) {
            int matched = 0;
            for (int i = from; i < end; i++) {
                while (matched > 0 && text.charAt(i) != part.charAt(matched)) {
                    matched = borders[matched - 1];
                }
                matched += text.charAt(i) == part.charAt(matched) ? 1 : 0;
                if (matched == part.length()) {
                    return i + 1;
                }
            }
            return NONE;
        }
    }

    /** With at least one {@code _}. */
    private static final class BlankPart extends LikePart {
        private final int[] points;

        /** The distinct characters, sorted, and for each (and then for all others) a bit per place where it may stand. */
        private final int[] alphabet;

        private final long[][] places;

        BlankPart(int[] points, boolean searched) {
            this.points = points;
            this.alphabet = searched
                    ? Arrays.stream(points)
                            .filter(c -> c != ANY)
                            .distinct()
                            .sorted()
                            .toArray()
                    : new int[0];
            this.places = searched ? places() : new long[0][];
        }

        private long[][] places() {
            long[][] bits = new long[alphabet.length + 1][(points.length + Long.SIZE - 1) / Long.SIZE];
            for (int i = 0; i < points.length; i++) {
                for (int k = 0; k < bits.length; k++) {
                    if (points[i] == ANY || k < alphabet.length && alphabet[k] == points[i]) {
                        bits[k][i / Long.SIZE] |= 1L << i;
                    }
                }
            }
            return bits;
        }

        @Override
        int endOfPrefix(String text) {
            int at = 0;
            for (int point : points) {
                if (at == text.length()) {
                    return NONE;
                }
                int c = text.codePointAt(at);
                if (point != ANY && point != c) {
                    return NONE;
                }
                at += Character.charCount(c);
            }
            return at;
        }

        @Override
        int startOfSuffix(String text) {
            int at = text.length();
            for (int i = points.length - 1; i >= 0; i--) {
                if (at == 0) {
                    return NONE;
                }
                int c = text.codePointBefore(at);
                if (points[i] != ANY && points[i] != c) {
                    return NONE;
                }
                at -= Character.charCount(c);
            }
            return at;
        }

        /** Shift-And: all places where the part could have begun go along in the bits of a few words. */
        @Override
        int find(String text, int from, int end) {
            long[] state = new long[places[0].length];
            long found = 1L << (points.length - 1);
            for (int i = from; i < end; ) {
                int c = text.codePointAt(i);
                i += Character.charCount(c);
                advance(state, c);
                if ((state[state.length - 1] & found) != 0) {
                    return i;
                }
            }
            return NONE;
        }

        private void advance(long[] state, int c) {
            int index = Arrays.binarySearch(alphabet, c);
            long[] allowed = places[index < 0 ? alphabet.length : index];
            long carry = 1;
            for (int w = 0; w < state.length; w++) {
                long shifted = state[w] << 1 | carry;
                carry = state[w] >>> Long.SIZE - 1;
                state[w] = shifted & allowed[w];
            }
        }
    }
}
