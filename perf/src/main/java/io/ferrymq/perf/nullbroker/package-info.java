/**
 * A broker that does nothing but pass messages on: the ceiling for brokers that do not write to a disk.
 *
 * <p>It answers what stock clients ask, takes no bytes apart that it does not need, and keeps messages in memory until a consumer has credit.
 * There is no persistence, no redelivery and no selector; a transaction takes effect message by message. One event loop owns everything,
 * so nothing is handed over and nothing is locked. Imports the JDK and Netty.
 */
@NullMarked
package io.ferrymq.perf.nullbroker;

import org.jspecify.annotations.NullMarked;
