package io.ferrymq.flow;

import java.util.List;

/**
 * The one window of a consumer that several destinations, perhaps of several shards, dispatch to. Any thread: its state belongs to
 * whoever holds its monitor, which no one keeps for longer than a few instructions.
 */
public final class SharedWindow extends Window {
    private List<Runnable> users = List.of();
    private int firstUser;
    /** Somebody had a message and found no credit. */
    private boolean missed;

    public SharedWindow(int prefetch) {
        super(prefetch);
    }

    /** @param users told that there may be credit again, each time another one first, so that none has to wait for ever */
    public synchronized void usedBy(List<Runnable> users) {
        this.users = List.copyOf(users);
    }

    @Override
    public synchronized boolean hasCredit() {
        boolean credit = super.hasCredit();
        missed |= !credit;
        return credit;
    }

    @Override
    public synchronized boolean take() {
        return super.take();
    }

    @Override
    public synchronized void delivered(int count) {
        super.delivered(count);
    }

    @Override
    public synchronized void settled(int count, int shrinkBy) {
        super.settled(count, shrinkBy);
    }

    @Override
    public synchronized void shrink(int count) {
        super.shrink(count);
    }

    @Override
    public synchronized void pull() {
        super.pull();
        missed = true;
    }

    @Override
    public synchronized void endPull() {
        super.endPull();
    }

    @Override
    public synchronized void changePrefetch(int value) {
        super.changePrefetch(value);
        missed = true;
    }

    @Override
    public synchronized boolean isPull() {
        return super.isPull();
    }

    @Override
    public synchronized int outstanding() {
        return super.outstanding();
    }

    @Override
    public boolean shareCredit() {
        List<Runnable> told;
        int first;
        synchronized (this) {
            if (!missed || !super.hasCredit()) {
                return true;
            }
            missed = false;
            told = users;
            first = firstUser++ & Integer.MAX_VALUE;
        }
        for (int i = 0; i < told.size(); i++) {
            told.get((first + i) % told.size()).run();
        }
        return true;
    }
}
