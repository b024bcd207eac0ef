package io.ferrymq.server.config;

import io.ferrymq.BrokerConfig.StoreEngine;
import io.ferrymq.StoreConfig.SyncMode;

/** Reads {@code store:}. */
final class StoreSection {
    private StoreSection() {}

    static void read(Section section, Settings settings) {
        section.choice("engine", StoreEngine.class, settings::storeEngine);
        section.quantity(
                "segmentBytes", Quantity.Kind.BYTES, Integer.MAX_VALUE, value -> settings.segmentBytes((int) value));
        section.choice(
                "sync", SyncMode.class, value -> settings.store(settings.store().withSync(value)));
        section.flag("waitForLock", value -> settings.store(settings.store().withWaitForLock(value)));
        section.quantity(
                "minFreeBytes",
                Quantity.Kind.BYTES,
                Long.MAX_VALUE,
                value -> settings.store(settings.store().withMinFreeBytes(value)));
        section.quantity(
                "ballastBytes",
                Quantity.Kind.BYTES,
                Long.MAX_VALUE,
                value -> settings.store(settings.store().withBallastBytes(value)));
        section.quantity(
                "snapshotEveryBytes",
                Quantity.Kind.BYTES,
                Long.MAX_VALUE,
                value -> settings.store(settings.store().withSnapshotEveryBytes(value)));
        section.flag("syncOnIoThreads", value -> settings.store(settings.store().withSyncOnIoThreads(value)));
    }
}
