package io.ferrymq.queue;

import io.ferrymq.selector.Candidate;
import io.ferrymq.selector.SelectorIndex;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who wants which messages of a queue: the {@link Audience} of those without a selector, and one for each selector. Finds those that want a
 * message, and lets them look for what they have not seen. Soft state, owned by the queue's shard.
 */
final class Audiences {
    private final Backlog backlog;
    private final ReadAhead readAhead;
    private final Map<Filter, Audience> selecting = new HashMap<>();
    private final SelectorIndex<Audience> listening = new SelectorIndex<>();
    private final Set<Audience> toSweep = new LinkedHashSet<>();
    private final List<Audience> wanting = new ArrayList<>();
    private @Nullable Audience everyone;
    private @Nullable Sweep sweep;

    Audiences(Backlog backlog, ReadAhead readAhead) {
        this.backlog = backlog;
        this.readAhead = readAhead;
    }

    /** That of all who want everything, if there is somebody. */
    @Nullable
    Audience everyone() {
        return everyone;
    }

    /** All others. */
    Collection<Audience> selecting() {
        return selecting.values();
    }

    /** Finds or makes it. */
    Audience of(Filter filter) {
        if (filter.isAll()) {
            if (everyone == null) {
                everyone = new Audience(filter, backlog, readAhead);
            }
            return everyone;
        }
        return selecting.computeIfAbsent(filter, any -> new Audience(filter, backlog, readAhead));
    }

    /** Nobody is in it any more: the next one who wants the same begins at the oldest message. */
    void dissolve(Audience audience) {
        audience.forgetKnown();
        if (audience == everyone) {
            everyone = null;
            return;
        }
        selecting.remove(audience.filter);
        if (audience.state == Audience.State.LISTENING) {
            listening.remove(audience.filter.selector(), audience);
        }
        stopSweeping(audience);
    }

    private void stopSweeping(Audience audience) {
        toSweep.remove(audience);
        if (sweep != null) {
            sweep.remove(audience);
        }
    }

    /** Nobody remembers the message any more. */
    void forget(QueueEntry entry) {
        if (entry.rememberedBy > 0) {
            selecting.values().forEach(audience -> audience.forget(entry));
        }
        if (entry.rememberedBy > 0 && everyone != null) {
            everyone.forget(entry);
        }
    }

    /** Those that have passed enough for one time, and have more to pass. */
    List<Audience> paused() {
        List<Audience> paused = new ArrayList<>(0);
        if (everyone != null && everyone.isPaused()) {
            paused.add(everyone);
        }
        for (Audience audience : selecting.values()) {
            if (audience.isPaused()) {
                paused.add(audience);
            }
        }
        return paused;
    }

    /** Whether somebody hears of each new message. */
    boolean areListening() {
        return !listening.isEmpty();
    }

    /** The next message that an audience is known to want, or null; that may be on its way. */
    @Nullable
    QueueEntry first(Audience audience) {
        return audience == everyone ? audience.firstReady() : audience.firstKnown();
    }

    /** Who wants a new message. Holds until somebody asks again. */
    List<Audience> wanting(QueueEntry entry, Candidate candidate) {
        wanting.clear();
        if (everyone != null && (everyone.isPast(entry) || !everyone.isWaiting())) {
            wanting.add(everyone); // else it comes to this one later
        }
        if (!listening.isEmpty()) {
            listening.forEachMatch(candidate, audience -> {
                if (audience.filter.hears(entry.message())) {
                    wanting.add(audience);
                }
            });
        }
        return wanting;
    }

    /** Who wants one that is ready again, and would not come to it. Holds until somebody asks again. */
    List<Audience> wantingAgain(QueueEntry entry, Candidate candidate) {
        forget(entry); // its deliveries count, so it may not match any more
        wanting(entry, candidate);
        for (Audience audience : selecting.values()) {
            boolean overlooked = audience.state != Audience.State.LISTENING && isPast(audience, entry);
            if (overlooked && audience.filter.matches(entry.message(), candidate)) {
                wanting.add(audience);
            }
        }
        return wanting;
    }

    private boolean isPast(Audience audience, QueueEntry entry) {
        return audience.isPast(entry) || hasSwept(audience, entry.level, entry.order);
    }

    private boolean hasSwept(Audience audience, int level, long order) {
        return sweep != null && sweep.members().contains(audience) && sweep.isPast(level, order);
    }

    /** Whether an audience has come to all messages before this place. */
    boolean hasPassed(Audience audience, int level, long order) {
        return audience.state == Audience.State.LISTENING
                || audience.next(level) >= order
                || hasSwept(audience, level, order);
    }

    /** Whether none will ever want it of those who are there, whether or not they have come to it. */
    boolean isForNobody(QueueEntry entry, Candidate candidate) {
        return everyone == null
                && selecting.values().stream()
                        .noneMatch(audience -> audience.filter.matches(entry.message(), candidate));
    }

    /** The audience wants the message, and nobody of it has credit. */
    void remember(Audience audience, QueueEntry entry) {
        boolean comesAnyway = audience == everyone && !audience.isPast(entry);
        if (comesAnyway || audience.remember(entry) || audience == everyone) {
            return;
        }
        if (audience.state == Audience.State.LISTENING) {
            listening.remove(audience.filter.selector(), audience);
            audience.caughtUp();
        } else {
            stopSweeping(audience);
        }
        audience.state = Audience.State.STALE;
    }

    /** Somebody of an audience has credit, and it has not seen everything: it is in the next sweep. */
    boolean joinsSweep(Audience audience) {
        boolean joins = audience != everyone && audience.state == Audience.State.STALE;
        if (joins) {
            audience.state = Audience.State.SWEEPING;
            toSweep.add(audience);
        }
        return joins;
    }

    boolean isSweeping() {
        return sweep != null;
    }

    /** Looks on for those who have not seen all of the backlog yet; whether there is more to look at now. */
    boolean sweep(Function<QueueEntry, Candidate> candidates, Sweep.Found found) {
        if (sweep == null && !toSweep.isEmpty()) {
            sweep = new Sweep(backlog, readAhead, toSweep);
            toSweep.clear();
        }
        Sweep current = sweep;
        Sweep.Progress progress = current == null ? Sweep.Progress.DONE : current.step(candidates, found);
        if (current != null && progress == Sweep.Progress.DONE) {
            current.members().forEach(this::listen);
            sweep = null;
        }
        return progress != Sweep.Progress.WAITING && (sweep != null || !toSweep.isEmpty());
    }

    private void listen(Audience audience) {
        audience.caughtUp();
        audience.state = Audience.State.LISTENING;
        listening.add(audience.filter.selector(), audience);
    }
}
