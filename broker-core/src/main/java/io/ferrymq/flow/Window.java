package io.ferrymq.flow;

/**
 * The prefetch window of one consumer, owned by the shard of its destination: how much may still be dispatched. The rules are
 * ActiveMQ's: dispatch while outstanding - extension < prefetch; a consumer with prefetch 0 gets one message per pull.
 */
public class Window {
    private int prefetch;
    private int outstanding;
    private int extension;
    private long acknowledgements;
    private long pulls;

    public Window(int prefetch) {
        this.prefetch = Math.max(0, prefetch);
    }

    public boolean hasCredit() {
        return prefetch == 0 ? extension > 0 : outstanding - extension < prefetch;
    }

    /** Uses credit for one message; false when there is none. */
    public boolean take() {
        if (!hasCredit()) {
            return false;
        }
        outstanding++;
        if (prefetch == 0) {
            extension--;
        }
        return true;
    }

    /** {@code count} messages are delivered to the application, though not consumed. */
    public void delivered(int count) {
        if (prefetch > 0) {
            extension = (int) Math.min(Integer.MAX_VALUE, (long) extension + Math.max(0, count));
        }
    }

    /** The consumer has acknowledged something, whatever becomes of it. */
    public void acknowledged() {
        acknowledgements++;
    }

    /** How often it has. */
    public long acknowledgements() {
        return acknowledgements;
    }

    /** {@code count} messages have left for good and take as much extension with them. */
    public void settled(int count) {
        settled(count, count);
    }

    /** {@code count} messages have left for good and take {@code shrinkBy} of the extension with them. */
    public void settled(int count, int shrinkBy) {
        outstanding = Math.max(0, outstanding - count);
        shrink(shrinkBy);
    }

    /** The extension goes back by {@code count}; the messages stay outstanding. */
    public void shrink(int count) {
        if (prefetch > 0) {
            extension = Math.max(0, extension - count);
        }
    }

    /** A consumer with prefetch 0 asks for one message. Returns which pull it is. */
    public long pull() {
        if (prefetch == 0) {
            extension = 1;
        }
        return ++pulls;
    }

    /** Ends this pull without a message; false when it has got one, or is not the last any more. */
    public boolean endPull(long pull) {
        boolean open = pull == pulls && isPull() && hasCredit();
        if (open) {
            extension = 0;
        }
        return open;
    }

    public void changePrefetch(int value) {
        if (prefetch == 0) {
            extension = 0;
        }
        prefetch = Math.max(0, value);
    }

    public boolean isPull() {
        return prefetch == 0;
    }

    /** Whether {@code waiting} messages are more than one more window; who takes one at a time is never behind. */
    public boolean isBehind(int waiting) {
        return prefetch > 1 && waiting > prefetch;
    }

    /** Whether others dispatch to the same consumer. */
    public boolean isShared() {
        return false;
    }

    /** Tells others that use the same window that there may be credit; false when there are none and the caller goes on itself. */
    public boolean shareCredit() {
        return false;
    }

    public int outstanding() {
        return outstanding;
    }
}
