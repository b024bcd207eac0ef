package io.ferrymq.spi;

import io.ferrymq.BrokerConfig;
import io.ferrymq.journal.Journal;
import io.ferrymq.message.PropertyFormat;

/** A journal engine family, found with ServiceLoader. */
public interface JournalProvider {
    /**
     * Takes the lock of {@code config.dataDirectory()} and opens the journal there. May block.
     *
     * @param properties reads what selectors of durable subscriptions ask for, on any thread
     * @throws io.ferrymq.BrokerException STORE_UNUSABLE, STORE_LOCKED or STORE_FORMAT, with nothing changed on disk
     */
    Journal open(BrokerConfig config, PropertyFormat properties);
}
