package io.ferrymq.server.cli;

/** What the program's exit code says to a script. Listed in the user guide; do not change the meaning of one. */
final class ExitCode {
    /** Done; for {@code run}: stopped by a signal, everything acknowledged is on disk. */
    static final int OK = 0;
    /** It was tried and did not work: the broker cannot start, is not reachable, or fewer messages came than asked for. */
    static final int FAILED = 1;
    /** The command line or the configuration cannot be used; nothing was tried. */
    static final int USAGE = 2;
    /** The journal failed while the broker ran. Do not restart before the disk has been looked at. */
    static final int STORE_FAILED = 3;

    private ExitCode() {}
}
