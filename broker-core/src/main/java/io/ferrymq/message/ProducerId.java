package io.ferrymq.message;

/** A producer, unique over all connections: OpenWire's ProducerId. */
public record ProducerId(String connection, long session, long number) {
    @Override
    public String toString() {
        return connection + ':' + session + ':' + number;
    }
}
