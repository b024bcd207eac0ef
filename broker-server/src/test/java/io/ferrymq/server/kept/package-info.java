/** Data directories of released versions, which every later version must open. */
@NullMarked
package io.ferrymq.server.kept;

import org.jspecify.annotations.NullMarked;
