package io.ferrymq.flow;

/**
 * Every bound of the broker. Finite by default; a breach hurts only whoever caused it.
 *
 * @param memoryBytes footprint of all messages in the heap before producers are held back
 * @param destinations how many destinations there may be
 * @param connections connected clients
 * @param unauthenticatedConnections sockets that have not finished their handshake
 * @param handshakeFrameBytes largest frame before the handshake is done
 * @param frameBytes largest frame after it
 * @param partialFrameBytes frames above 64 KiB of all connections together, while they are not complete
 * @param handshakeTimeoutMs until a new connection has sent its WireFormatInfo
 * @param inactivityTimeoutMs offered to clients as MaxInactivityDuration; 0 switches it off
 * @param connectionInFlightBytes sends of one connection that may wait for their receipt before its socket is not read
 * @param consumersPerConnection also for producers, sessions and temporary destinations
 * @param transactionMessages sends and acknowledgements in one open transaction
 * @param transactionBytes footprint of the sends in one open transaction
 * @param preparedTransactions global transactions that wait for their outcome
 * @param journalQueueEntries entries waiting for the journal writer
 * @param lazySyncMs the longest time that a record nobody waits for (an acknowledgement) stays unsynced
 */
public record Limits(
        long memoryBytes,
        int destinations,
        int connections,
        int unauthenticatedConnections,
        int handshakeFrameBytes,
        int frameBytes,
        long partialFrameBytes,
        int handshakeTimeoutMs,
        int inactivityTimeoutMs,
        int connectionInFlightBytes,
        int consumersPerConnection,
        int transactionMessages,
        long transactionBytes,
        int preparedTransactions,
        int journalQueueEntries,
        int lazySyncMs) {

    public static Limits defaults() {
        return new Limits(
                Runtime.getRuntime().maxMemory() / 2,
                100_000,
                10_000,
                256,
                4 << 10,
                10 << 20,
                Math.max(32L << 20, Runtime.getRuntime().maxMemory() / 8),
                10_000,
                30_000,
                4 << 20,
                1_000,
                100_000,
                256L << 20,
                10_000,
                65_536,
                50);
    }

    public Limits withMemoryBytes(long value) {
        return new Limits(
                value,
                destinations,
                connections,
                unauthenticatedConnections,
                handshakeFrameBytes,
                frameBytes,
                partialFrameBytes,
                handshakeTimeoutMs,
                inactivityTimeoutMs,
                connectionInFlightBytes,
                consumersPerConnection,
                transactionMessages,
                transactionBytes,
                preparedTransactions,
                journalQueueEntries,
                lazySyncMs);
    }

    public Limits withConnections(int value) {
        return new Limits(
                memoryBytes,
                destinations,
                value,
                unauthenticatedConnections,
                handshakeFrameBytes,
                frameBytes,
                partialFrameBytes,
                handshakeTimeoutMs,
                inactivityTimeoutMs,
                connectionInFlightBytes,
                consumersPerConnection,
                transactionMessages,
                transactionBytes,
                preparedTransactions,
                journalQueueEntries,
                lazySyncMs);
    }

    public Limits withFrameBytes(int handshake, int established) {
        return new Limits(
                memoryBytes,
                destinations,
                connections,
                unauthenticatedConnections,
                handshake,
                established,
                partialFrameBytes,
                handshakeTimeoutMs,
                inactivityTimeoutMs,
                connectionInFlightBytes,
                consumersPerConnection,
                transactionMessages,
                transactionBytes,
                preparedTransactions,
                journalQueueEntries,
                lazySyncMs);
    }

    public Limits withHandshake(int timeoutMs, int unauthenticated) {
        return new Limits(
                memoryBytes,
                destinations,
                connections,
                unauthenticated,
                handshakeFrameBytes,
                frameBytes,
                partialFrameBytes,
                timeoutMs,
                inactivityTimeoutMs,
                connectionInFlightBytes,
                consumersPerConnection,
                transactionMessages,
                transactionBytes,
                preparedTransactions,
                journalQueueEntries,
                lazySyncMs);
    }

    public Limits withPartialFrameBytes(long value) {
        return new Limits(
                memoryBytes,
                destinations,
                connections,
                unauthenticatedConnections,
                handshakeFrameBytes,
                frameBytes,
                value,
                handshakeTimeoutMs,
                inactivityTimeoutMs,
                connectionInFlightBytes,
                consumersPerConnection,
                transactionMessages,
                transactionBytes,
                preparedTransactions,
                journalQueueEntries,
                lazySyncMs);
    }

    /** By hand: the one that records come with is a twentieth of a second of a broker's start, which logs it. */
    @Override
    public String toString() {
        return "Limits[memoryBytes=" + memoryBytes
                + ", destinations=" + destinations
                + ", connections=" + connections
                + ", unauthenticatedConnections=" + unauthenticatedConnections
                + ", handshakeFrameBytes=" + handshakeFrameBytes
                + ", frameBytes=" + frameBytes
                + ", partialFrameBytes=" + partialFrameBytes
                + ", handshakeTimeoutMs=" + handshakeTimeoutMs
                + ", inactivityTimeoutMs=" + inactivityTimeoutMs
                + ", connectionInFlightBytes=" + connectionInFlightBytes
                + ", consumersPerConnection=" + consumersPerConnection
                + ", transactionMessages=" + transactionMessages
                + ", transactionBytes=" + transactionBytes
                + ", preparedTransactions=" + preparedTransactions
                + ", journalQueueEntries=" + journalQueueEntries
                + ", lazySyncMs=" + lazySyncMs
                + ']';
    }
}
