package io.ferrymq.store;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.journal.Journal;
import io.ferrymq.testkit.journal.JournalContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class ChronicleEngineContractTest extends JournalContract {
    @TempDir
    private Path data;

    @Override
    protected Journal open() {
        return Stores.open(data, StoreEngine.CHRONICLE);
    }
}
