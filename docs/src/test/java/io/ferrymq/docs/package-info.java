/** Tests that the documents tell the truth. */
@NullMarked
package io.ferrymq.docs;

import org.jspecify.annotations.NullMarked;
