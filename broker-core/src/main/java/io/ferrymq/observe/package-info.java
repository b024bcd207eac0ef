/**
 * What happens in a broker, for those who watch it. Events come up on the threads where they happen; imports message, flow.
 */
@NullMarked
package io.ferrymq.observe;

import org.jspecify.annotations.NullMarked;
