package io.ferrymq.selector;

import java.util.ArrayList;
import java.util.List;

/**
 * The pattern of {@code LIKE}: {@code %} is any characters, {@code _} is one (a supplementary character is one). What stands
 * between two {@code %} is searched once, from the end of what was found before: the leftmost place is always good enough. So
 * nothing is ever tried twice, whatever the pattern.
 */
final class LikePattern {
    private final boolean open;
    private final LikePart first;
    private final LikePart[] middle;
    private final LikePart last;

    private LikePattern(List<LikePart> parts) {
        this.open = parts.size() > 1;
        this.first = parts.get(0);
        this.last = parts.get(parts.size() - 1);
        this.middle = open ? parts.subList(1, parts.size() - 1).toArray(LikePart[]::new) : new LikePart[0];
    }

    /**
     * @param escape makes the next {@code %}, {@code _} or itself an ordinary character; before others it is one. Empty for none
     * @param column where the pattern stands, for the rejection of one beyond limits
     */
    static LikePattern of(String pattern, String escape, int column) {
        int escapePoint = escape.isEmpty() ? LikePart.ANY : escape.charAt(0);
        List<LikePart> parts = new ArrayList<>();
        List<Integer> points = new ArrayList<>();
        for (int i = 0; i < pattern.length(); ) {
            int c = pattern.codePointAt(i);
            i += Character.charCount(c);
            if (c == escapePoint && i < pattern.length() && isSpecial(pattern.charAt(i), escapePoint)) {
                points.add((int) pattern.charAt(i++));
            } else if (c == '%') {
                if (parts.isEmpty() || !points.isEmpty()) {
                    parts.add(LikePart.of(points, !parts.isEmpty(), column));
                }
                points.clear();
            } else {
                points.add(c == '_' ? LikePart.ANY : c);
            }
        }
        parts.add(LikePart.of(points, false, column));
        return new LikePattern(parts);
    }

    private static boolean isSpecial(char c, int escape) {
        return c == '%' || c == '_' || c == escape;
    }

    boolean matches(String text) {
        int from = first.endOfPrefix(text);
        if (!open) {
            return from == text.length();
        }
        int end = last.startOfSuffix(text);
        if (from < 0 || end < from) {
            return false;
        }
        for (LikePart part : middle) {
            from = part.find(text, from, end);
            if (from < 0) {
                return false;
            }
        }
        return true;
    }
}
