package io.ferrymq.policy;

import io.ferrymq.message.DestinationName;
import io.ferrymq.message.DestinationPattern;

/** A name that an operator makes stand for other destinations when something is sent to it (ActiveMQ's virtualDestinations). Immutable. */
public sealed interface VirtualDestination permits VirtualTopic, CompositeDestination {
    /** The destinations it is about; may be a plain name. */
    DestinationPattern pattern();

    /** Whether it is about this one; never about an advisory topic. */
    default boolean isFor(DestinationName name) {
        return !name.isAdvisory() && pattern().matches(name);
    }
}
