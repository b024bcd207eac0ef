package io.ferrymq.shard;

import io.ferrymq.message.MessageId;
import io.ferrymq.message.ProducerId;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The highest message sequence seen per producer, so that a message sent again after a failover is recognised (OpenWire
 * sessions, duplicate sends). Owned by one shard; keeps the producers that sent last.
 */
final class ProducerAudit {
    private static final int PRODUCERS = 16_384;

    private final Map<ProducerId, Highest> highest = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ProducerId, Highest> eldest) {
            return size() > PRODUCERS;
        }
    };

    void seen(MessageId id) {
        Highest known = highest.computeIfAbsent(id.producer(), any -> new Highest());
        known.sequence = Math.max(known.sequence, id.sequence());
    }

    boolean isDuplicate(MessageId id) {
        Highest known = highest.get(id.producer());
        return known != null && id.sequence() <= known.sequence;
    }

    private static final class Highest {
        private long sequence = Long.MIN_VALUE;
    }
}
