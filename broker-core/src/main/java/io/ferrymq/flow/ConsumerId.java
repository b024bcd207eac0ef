package io.ferrymq.flow;

/** A consumer, unique over all connections: OpenWire's ConsumerId. */
public record ConsumerId(String connection, long session, long number) {
    @Override
    public String toString() {
        return connection + ':' + session + ':' + number;
    }
}
