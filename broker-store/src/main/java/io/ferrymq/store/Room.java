package io.ferrymq.store;

/**
 * What those who write files ask when one does not take a write: a full disk is waited for, anything else is a failure. Any
 * thread.
 */
interface Room {
    /** Nobody makes room: a full disk is a failure like any other. */
    Room NONE = new Room() {
        @Override
        public boolean isUsedUp() {
            return false;
        }

        @Override
        public void ask() {}

        @Override
        public boolean isGivenUp() {
            return true;
        }
    };

    /** Whether there is so little space that a failed write must be blamed on that. */
    boolean isUsedUp();

    /** Asks for space to be made, soon, on another thread. */
    void ask();

    /** The journal is to end: who waits stops waiting and fails. */
    boolean isGivenUp();
}
