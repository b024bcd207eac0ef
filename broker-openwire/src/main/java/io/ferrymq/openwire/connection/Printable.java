package io.ferrymq.openwire.connection;

/** Makes text of strangers fit for a log: one line, bounded, nothing a terminal would obey. */
final class Printable {
    private static final int MOST_CHARS = 256;

    private Printable() {}

    static String of(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), MOST_CHARS) + 3);
        for (int i = 0; i < text.length() && i < MOST_CHARS; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                out.append(c);
            } else {
                out.append("\\u").append(String.format("%04x", (int) c));
            }
        }
        return text.length() > MOST_CHARS ? out.append("...").toString() : out.toString();
    }

    /** Control and format characters (line breaks, escapes, right-to-left overrides) and lone surrogates are not. */
    private static boolean isPlain(char c) {
        int type = Character.getType(c);
        return type != Character.CONTROL
                && type != Character.FORMAT
                && type != Character.LINE_SEPARATOR
                && type != Character.PARAGRAPH_SEPARATOR
                && type != Character.SURROGATE;
    }
}
