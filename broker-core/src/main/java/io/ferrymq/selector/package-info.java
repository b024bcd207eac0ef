/**
 * Message selectors: JMS 3.1, 3.8, with the answers of ActiveMQ Classic. A selector is parsed once into a tree of expressions
 * and then tried on candidates; its work is bounded by the product of its length and the size of what it looks at.
 *
 * <pre>
 *   text --&gt; Lexer --&gt; Parser --&gt; Selector --matches--&gt; Candidate (a message and the format of its properties)
 *                                    ^
 *   SelectorIndex: many selectors at once, found by what they compare for equality
 * </pre>
 *
 * <p>Owner thread: selectors are immutable, for any thread; a candidate and an index belong to one thread each. Imports only
 * the JDK and {@code io.ferrymq.message}.
 */
@NullMarked
package io.ferrymq.selector;

import org.jspecify.annotations.NullMarked;
