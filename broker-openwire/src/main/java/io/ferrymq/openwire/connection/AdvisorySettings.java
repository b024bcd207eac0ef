package io.ferrymq.openwire.connection;

import io.ferrymq.message.DestinationName;
import java.util.function.Predicate;

/**
 * What a broker's configuration says about advisories.
 *
 * @param advised whether there are others than those about temporary destinations, without which request and reply do not work
 * @param bodies whether advisories about messages of a destination carry the body (policy includeBodyForAdvisory); any thread
 */
public record AdvisorySettings(boolean advised, Predicate<DestinationName> bodies) {
    /** Everything is advised, without bodies. */
    public static final AdvisorySettings DEFAULT = new AdvisorySettings(true, destination -> false);
}
