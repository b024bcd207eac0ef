package io.ferrymq.interop;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** What differs from run to run in names and texts, and what stands for it in a {@link Transcript}. */
final class Names {
    /** Properties that say when or where, not what. */
    static final Set<String> VOLATILE = Set.of(
            "originBrokerId",
            "originBrokerName",
            "originBrokerURL",
            "orignalMessageId",
            "originalExpiration",
            "usageCount",
            "consumerId",
            "producerId",
            "scheduledJobId",
            "AMQ_SCHEDULER_ACTION_START_TIME",
            "AMQ_SCHEDULER_ACTION_END_TIME");

    private static final Pattern ADDRESS = Pattern.compile("(tcp|ssl|vm)://[^\\s,'\\]]+");
    private static final Pattern ID = Pattern.compile("ID:[^\\s,'\\]]+");
    /** Classic goes on with the fields of an object of its own. */
    private static final Pattern SUBSCRIPTION = Pattern.compile("(active subscription: ).*");

    private static final Pattern NUMBER = Pattern.compile("\\b\\d{5,}\\b");

    private Names() {}

    static String steady(String text, List<String> names) {
        String steady = text;
        List<Integer> longestFirst = IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -names.get(i).length()))
                .toList();
        for (int i : longestFirst) {
            steady = steady.replace(names.get(i), "$" + (i + 1));
        }
        steady = ADDRESS.matcher(steady).replaceAll("ADDRESS");
        steady = ID.matcher(steady).replaceAll("ID");
        steady = SUBSCRIPTION.matcher(steady).replaceAll("$1...");
        return NUMBER.matcher(steady).replaceAll("N").strip();
    }
}
