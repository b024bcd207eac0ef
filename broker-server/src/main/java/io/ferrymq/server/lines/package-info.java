/**
 * Messages of a store as lines of JSON, one each, and back: for the verbs {@code store export} and {@code store import}. Read with
 * Jackson's tree, nothing is bound to a class. Owner thread: the one that runs the verb. Allowed imports: broker-core,
 * broker-store, broker-openwire, Jackson, and of the stock client how it writes text.
 */
@NullMarked
package io.ferrymq.server.lines;

import org.jspecify.annotations.NullMarked;
