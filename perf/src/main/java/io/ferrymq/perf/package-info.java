/**
 * Measures FerryMQ, ActiveMQ Classic and Artemis with one load, in turns, each broker in a child JVM.
 *
 * <p>{@link io.ferrymq.perf.RunMain} plans and reports, {@link io.ferrymq.perf.LoadMain} is the one JVM that holds every client, so that
 * its clock is the only one and the broker's processor time is the broker's alone. Imports the JDK, the stock client and HdrHistogram; no
 * module of FerryMQ, for a broker is only what answers on its port. {@link io.ferrymq.perf.MessagingMain} and
 * {@link io.ferrymq.perf.MessagingLoadMain} do the same for scenarios that have a target each.
 */
@NullMarked
package io.ferrymq.perf;

import org.jspecify.annotations.NullMarked;
