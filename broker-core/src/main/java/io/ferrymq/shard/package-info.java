/**
 * The agents that own destinations: inbox, commands, duty cycle, the way to the journal and back, recovery. Everything but Inbox, Shards and commands is used only by the shard's thread. Imports all lower packages.
 */
@NullMarked
package io.ferrymq.shard;

import org.jspecify.annotations.NullMarked;
