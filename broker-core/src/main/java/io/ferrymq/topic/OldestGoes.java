package io.ferrymq.topic;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** ActiveMQ's oldestMessageEvictionStrategy. */
final class OldestGoes implements WaitingMessages {
    private final Deque<Publication> waiting = new ArrayDeque<>();

    @Override
    public void add(Publication publication) {
        waiting.add(publication);
    }

    @Override
    public int size() {
        return waiting.size();
    }

    @Override
    public Publication first() {
        return waiting.element();
    }

    @Override
    public Publication removeFirst() {
        return waiting.remove();
    }

    @Override
    public List<Publication> evict() {
        return List.of(waiting.remove());
    }
}
