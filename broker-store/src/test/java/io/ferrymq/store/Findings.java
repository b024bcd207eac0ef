package io.ferrymq.store;

import io.ferrymq.journal.JournalEntry;
import io.ferrymq.journal.Record;
import io.ferrymq.store.WrittenStore.Damage;
import io.ferrymq.store.WrittenStore.Place;
import io.ferrymq.testkit.journal.Records;
import io.ferrymq.testkit.journal.Replay;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * What a recovery made of a damaged store, held against what was written.
 *
 * @param lost records that no damage touched, in entries that no damage touched, and that did not come
 * @param wrong records that came other than they were written, twice, out of order, or although damaged
 * @param named how many records the recovery reported as lost
 * @param unnamed how many lost records the recovery should have reported and did not
 * @param overnamed how many more records it reported than were lost
 */
record Findings(List<Long> lost, List<Long> wrong, long named, long unnamed, long overnamed, long tookMs) {

    static Findings of(WrittenStore store, List<Damage> damaged, Replay replay, long tookNs) throws IOException {
        List<Place> surviving = new ArrayList<>();
        Set<Long> gone = new TreeSet<>();
        for (Place place : store.places()) {
            if (damaged.stream().noneMatch(damage -> damage.touches(place))) {
                surviving.add(place);
            } else if (!place.header()) {
                JournalEntry entry = store.entryOf().get(place.frame().lsn());
                for (long lsn = entry.firstLsn(); lsn <= entry.lastLsn(); lsn++) {
                    gone.add(lsn);
                }
            }
        }
        Set<Long> expected = new TreeSet<>(store.entryOf().keySet());
        expected.removeAll(gone);
        List<Long> lost = new ArrayList<>(expected);
        lost.removeAll(new HashSet<>(replay.lsns()));
        long named = replay.recovery().damagedRecords();
        return new Findings(
                lost,
                wrong(replay, expected),
                named,
                Math.max(0, leastToName(gone, surviving, store) - named),
                Math.max(0, named - gone.size()),
                TimeUnit.NANOSECONDS.toMillis(tookNs));
    }

    private static List<Long> wrong(Replay replay, Collection<Long> expected) {
        List<Long> wrong = new ArrayList<>();
        long before = 0;
        for (int i = 0; i < replay.lsns().size(); i++) {
            long lsn = replay.lsns().get(i);
            // a test store numbers its messages like its records
            Record.MessageAdded message = (Record.MessageAdded) replay.records().get(i);
            if (lsn <= before || !expected.contains(lsn) || message.sequence() != lsn || !Records.isIntact(message)) {
                wrong.add(lsn);
            }
            before = lsn;
        }
        return wrong;
    }

    /**
     * How many of the lost records must be reported: those of entries of which the bounds, or some frame that is left, prove that they were durable. The others
     * cannot be told from a tail that a crash tore off.
     */
    private static long leastToName(Set<Long> gone, List<Place> surviving, WrittenStore store) throws IOException {
        long promised = surviving.stream()
                .mapToLong(place -> place.frame().durableThen())
                .max()
                .orElse(0);
        long durable = Math.max(promised, store.promised());
        return gone.stream()
                .filter(lsn -> store.entryOf().get(lsn).lastLsn() <= durable)
                .count();
    }
}
