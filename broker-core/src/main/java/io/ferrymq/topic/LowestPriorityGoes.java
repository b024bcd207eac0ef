package io.ferrymq.topic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** ActiveMQ's oldestMessageWithLowestPriorityEvictionStrategy: a line for each priority, so that none has to be searched. */
final class LowestPriorityGoes implements WaitingMessages {
    private static final int PRIORITIES = 10;

    private record Waiting(long arrival, Publication publication) {}

    private final List<Deque<Waiting>> lines = new ArrayList<>(PRIORITIES);
    private long arrivals;
    private int size;

    LowestPriorityGoes() {
        for (int i = 0; i < PRIORITIES; i++) {
            lines.add(new ArrayDeque<>(0));
        }
    }

    @Override
    public void add(Publication publication) {
        int priority =
                Math.max(0, Math.min(PRIORITIES - 1, publication.message().priority()));
        lines.get(priority).add(new Waiting(arrivals++, publication));
        size++;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Publication first() {
        return oldest().element().publication();
    }

    @Override
    public Publication removeFirst() {
        size--;
        return oldest().remove().publication();
    }

    /** The line with the message that came first of all. */
    private Deque<Waiting> oldest() {
        return lines.stream()
                .filter(line -> !line.isEmpty())
                .min(Comparator.comparingLong(line -> line.element().arrival()))
                .orElseThrow();
    }

    @Override
    public List<Publication> evict() {
        Deque<Waiting> lowest =
                lines.stream().filter(line -> !line.isEmpty()).findFirst().orElseThrow();
        size--;
        return List.of(lowest.remove().publication());
    }
}
