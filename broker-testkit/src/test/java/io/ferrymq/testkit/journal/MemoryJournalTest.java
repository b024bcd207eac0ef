package io.ferrymq.testkit.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.journal.Journal;
import io.ferrymq.journal.MemoryJournal;
import io.ferrymq.journal.MemoryLog;
import org.junit.jupiter.api.Test;

final class MemoryJournalTest extends JournalContract {
    private final MemoryLog log = new MemoryLog(1 << 20);

    @Override
    protected Journal open() {
        return new MemoryJournal("memory", log);
    }

    @Test
    void shouldForgetWhenThereIsNoLog() {
        Journal journal = new MemoryJournal("transient");
        journal.recover((lsn, record) -> {});
        JournalWatch watch = new JournalWatch();
        journal.start(watch);
        assertThat(journal.offer(Records.awaited(Records.message(1, 1)))).isTrue();
        assertThat(watch.position()).isEqualTo(1);
        assertThat(journal.status().appendedBytes()).isZero();
    }
}
