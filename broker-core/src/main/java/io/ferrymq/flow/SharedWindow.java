package io.ferrymq.flow;

import java.util.List;

/**
 * The one window of a consumer that several destinations, perhaps of several shards, dispatch to. Any thread: its state belongs to
 * whoever holds its monitor, which no one keeps for longer than a few instructions.
 */
public final class SharedWindow extends Window {
    /** Part of the consumer: looks for messages, on its own thread, and runs what it is given when it has done so. */
    public interface User {
        void look(Runnable whenDone);
    }

    private List<User> users = List.of();
    private int firstUser;
    /** Somebody had a message and found no credit. */
    private boolean missed;
    /** One user has the first choice, and has not looked yet. */
    private boolean offered;

    public SharedWindow(int prefetch) {
        super(prefetch);
    }

    /**
     * @param users told that there may be credit again, each time another one first, and the others of what it leaves: else the one
     *     whose thread is quickest could have it all, and others wait for ever
     */
    public synchronized void usedBy(List<User> users) {
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
    public synchronized void acknowledged() {
        super.acknowledged();
    }

    @Override
    public synchronized long acknowledgements() {
        return super.acknowledgements();
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
    public synchronized long pull() {
        missed = true;
        return super.pull();
    }

    @Override
    public synchronized boolean endPull(long pull) {
        return super.endPull(pull);
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
    public synchronized boolean isBehind(int waiting) {
        return super.isBehind(waiting);
    }

    @Override
    public synchronized int outstanding() {
        return super.outstanding();
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public boolean shareCredit() {
        User first;
        synchronized (this) {
            if (offered || !missed || !super.hasCredit()) {
                return true;
            }
            missed = false;
            offered = true;
            firstUser = (firstUser + 1) % users.size();
            first = users.get(firstUser);
        }
        first.look(this::shareRest);
        return true;
    }

    private void shareRest() {
        List<User> told;
        synchronized (this) {
            offered = false;
            if (!super.hasCredit()) {
                missed = true; // the others have not been told
                return;
            }
            told = users; // the first one too: there may be more credit than when it looked
        }
        told.forEach(user -> user.look(() -> {}));
    }
}
