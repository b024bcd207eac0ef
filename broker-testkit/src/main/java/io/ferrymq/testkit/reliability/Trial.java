package io.ferrymq.testkit.reliability;

import io.ferrymq.testkit.ledger.Verdict;
import java.util.List;

/**
 * One line of the table: what a rig did to whom, and what came of it.
 *
 * @param setting where it ran
 * @param cycles how often
 * @param losses what was lost and repeated
 * @param slowestMs the slowest recovery
 * @param seed repeats the run
 */
public record Trial(Setting setting, long cycles, Losses losses, long slowestMs, long seed) {
    static final List<String> TITLES = List.of(
            "rig",
            "engine",
            "file system",
            "phase",
            "cycles",
            "acked",
            "lost",
            "duplicated",
            "unflagged",
            "slowest recovery ms",
            "seed");

    /**
     * Where a rig ran.
     *
     * @param rig its name
     * @param engine that of the journal, or the other broker
     * @param fileSystem under the data directory
     * @param phase what the broker was doing
     */
    public record Setting(String rig, String engine, String fileSystem, String phase) {}

    /**
     * What came of it.
     *
     * @param acked what the broker had promised to keep
     * @param lost acknowledged and not found; where files are damaged: lost without having been touched
     * @param duplicated seen more than once
     * @param unflagged seen again without the flag; where files are damaged: lost and not reported
     */
    public record Losses(long acked, long lost, long duplicated, long unflagged) {
        /** Those of a ledger. */
        public static Losses of(Verdict verdict) {
            return new Losses(
                    verdict.totals().acked(),
                    verdict.lost().size(),
                    verdict.duplicates().size(),
                    verdict.unflaggedDuplicates().size());
        }
    }

    List<String> cells() {
        return List.of(
                setting.rig(),
                setting.engine(),
                setting.fileSystem(),
                setting.phase(),
                Long.toString(cycles),
                Long.toString(losses.acked()),
                Long.toString(losses.lost()),
                Long.toString(losses.duplicated()),
                Long.toString(losses.unflagged()),
                Long.toString(slowestMs),
                Long.toString(seed));
    }
}
