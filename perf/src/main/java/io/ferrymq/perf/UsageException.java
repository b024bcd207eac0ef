package io.ferrymq.perf;

import java.util.Collection;
import java.util.stream.Collectors;

/** The command line is wrong. The message is the one line the user sees; the exit code is 2. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int SIMILAR = 3;

    UsageException(String message) {
        super(message);
    }

    /** With the known name that is nearest, if one is near. */
    static UsageException unknown(String what, String name, Collection<String> known) {
        String nearest = "";
        int least = Math.min(SIMILAR, name.replace("-", "").length() / 2) + 1;
        for (String each : known.stream().sorted().toList()) {
            int distance = each.startsWith(name) && !name.isEmpty() ? 1 : distance(name, each);
            if (distance < least) {
                least = distance;
                nearest = each;
            }
        }
        String hint = nearest.isEmpty()
                ? ", known: " + known.stream().sorted().collect(Collectors.joining(", "))
                : ", did you mean " + nearest + "?";
        return new UsageException("unknown " + what + ": " + name + hint);
    }

    /** How many letters must be added, dropped or changed. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
