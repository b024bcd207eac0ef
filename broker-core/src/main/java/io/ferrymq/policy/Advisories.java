package io.ferrymq.policy;

/**
 * Which advisories are sent beside those that always are. The names are ActiveMQ's policy attributes.
 */
public record Advisories(
        boolean advisoryForSlowConsumers,
        boolean advisoryForFastProducers,
        boolean advisoryForDiscardingMessages,
        boolean advisoryWhenFull,
        boolean advisoryForDelivery,
        boolean advisoryForConsumed,
        boolean advisoryForDispatched,
        boolean sendAdvisoryIfNoConsumers,
        boolean includeBodyForAdvisory) {

    public static final Advisories NONE = new Advisories(false, false, false, false, false, false, false, false, false);

    /** Everything that can be told about a destination, without bodies. */
    public static final Advisories ALL = new Advisories(true, true, true, true, true, true, true, true, false);
}
