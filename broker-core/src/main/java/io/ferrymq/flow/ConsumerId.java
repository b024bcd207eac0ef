package io.ferrymq.flow;

/** A consumer, unique over all connections: OpenWire's ConsumerId. */
public record ConsumerId(String connection, long session, long number) {
    // by hand, because these two run several times per message and the generated ones go through method handles
    @Override
    public boolean equals(Object other) {
        return other instanceof ConsumerId that
                && number == that.number
                && session == that.session
                && connection.equals(that.connection);
    }

    @Override
    public int hashCode() {
        return (connection.hashCode() * 31 + Long.hashCode(session)) * 31 + Long.hashCode(number);
    }

    @Override
    public String toString() {
        return connection + ':' + session + ':' + number;
    }
}
