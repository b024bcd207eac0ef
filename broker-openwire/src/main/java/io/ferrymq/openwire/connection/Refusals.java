package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Refusal.Code;

/** The sentences with which this protocol itself says no; all others come from the core. */
final class Refusals {
    private Refusals() {}

    static Refusal unknownSession(Object of) {
        return new Refusal(Code.ILLEGAL_STATE, "the session was not registered on this connection: " + of);
    }

    static Refusal unknownProducer(Object producer) {
        return new Refusal(Code.ILLEGAL_STATE, "the producer was not registered on this connection: " + producer);
    }

    static Refusal tooMany(String what, int limit) {
        return new Refusal(Code.ILLEGAL_STATE, "too many " + what + " on one connection: limit=" + limit);
    }

    static Refusal noDestination(Object found) {
        return new Refusal(Code.INVALID_DESTINATION, "a destination needs a name: " + found);
    }

    static Refusal foreignTemporary(Object destination) {
        return new Refusal(
                Code.INVALID_DESTINATION, "the temporary destination belongs to another connection: " + destination);
    }

    static Refusal noSubscription() {
        return new Refusal(Code.INVALID_DESTINATION, "a durable subscription needs a name");
    }

    static Refusal notSupported(String what) {
        return new Refusal(Code.NOT_SUPPORTED, what + " are not supported by this version of FerryMQ");
    }

    static Refusal invalidAcknowledge(String why) {
        return new Refusal(Code.INVALID_ACKNOWLEDGE, why);
    }
}
