/**
 * Benchmarks of parts of the broker, by JMH. Times of a shared machine mean little; what a part allocates per operation is exact, and
 * {@code AllocationTest} holds it.
 */
@NullMarked
package io.ferrymq.perf.jmh;

import org.jspecify.annotations.NullMarked;
