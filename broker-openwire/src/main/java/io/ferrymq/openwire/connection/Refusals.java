package io.ferrymq.openwire.connection;

import io.ferrymq.flow.Refusal;
import io.ferrymq.flow.Refusal.Code;
import io.ferrymq.message.DestinationName;
import org.jspecify.annotations.Nullable;

/**
 * The sentences with which this protocol itself says no; all others come from the core. Where ActiveMQ Classic has a sentence
 * for the same thing it is that one, because people search for it and programs look for parts of it.
 */
final class Refusals {
    private Refusals() {}

    static Refusal unknownConnection(String what, Object connection) {
        return new Refusal(
                Code.ILLEGAL_STATE,
                "Cannot add a " + what + " to a connection that had not been registered: " + connection);
    }

    static Refusal unknownSession(String what, Object session) {
        return new Refusal(
                Code.ILLEGAL_STATE, "Cannot add a " + what + " to a session that had not been registered: " + session);
    }

    static Refusal unknownProducer(@Nullable Object producer, @Nullable Object destination) {
        return new Refusal(
                Code.UNKNOWN_PRODUCER,
                "Cannot send message to " + destination + " with invalid (null) producer state: producer=" + producer);
    }

    static Refusal unknownConsumer(Object consumer) {
        return new Refusal(Code.ILLEGAL_STATE, "The subscription does not exist: " + consumer);
    }

    static Refusal tooMany(String what, String connection, int limit) {
        return new Refusal(
                Code.ILLEGAL_STATE,
                "Can't add " + what + " on connection " + connection + ": at maximum limit: " + limit);
    }

    static Refusal noClientId() {
        return new Refusal(Code.INVALID_CLIENT_ID, "No clientID specified for connection request");
    }

    static Refusal noDestination(Object found) {
        return new Refusal(Code.INVALID_DESTINATION, "a destination needs a name: " + found);
    }

    static Refusal foreignTemporary(DestinationName destination) {
        return new Refusal(
                Code.INVALID_DESTINATION,
                "Subscribing to a temporary " + (destination.isTopic() ? "topic" : "queue")
                        + " created by another connection is not permitted: " + destination);
    }

    static Refusal notPrepared(Object transaction) {
        return new Refusal(
                Code.ILLEGAL_STATE,
                "Cannot prepare a transaction that had not been started or previously returned XA_RDONLY: "
                        + transaction);
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
