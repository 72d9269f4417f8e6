package dev.fnwatchdog.core.log;

/**
 * The lines that wait for the writer of a stream, in the order in which they will be printed. While a line of the
 * function is open that is too long to come in one piece, whole lines of other owners are held back to keep it in one
 * piece.
 *
 * <p>Threads: all calls are made under {@link BoundedOutput}'s lock; only the writer uses the array of {@link #taken}.
 */
final class PendingLines {
    private static final Object NO_OWNER = new Object();
    private static final byte[] EMPTY = {};
    private static final int INITIAL_SIZE = 8 * 1024;
    private static final int MAX_KEPT = 256 * 1024;

    // Mutable state
    private LineBuffer filling = new LineBuffer(INITIAL_SIZE);
    private LineBuffer taken = new LineBuffer(INITIAL_SIZE);
    private final LineBuffer held = new LineBuffer(64);
    private int inFlight;
    private Object opener = NO_OWNER;
    private byte[] openEnd = EMPTY;
    private long openedAt;

    /** Returns the number of bytes that are not written yet, including those that the writer has taken. */
    int pending() {
        return filling.size() + held.size() + inFlight;
    }

    /** Returns the number of bytes that the writer can take. */
    int ready() {
        return filling.size();
    }

    boolean hasHeldLines() {
        return held.size() > 0;
    }

    /** Returns the {@link System#nanoTime} at which the open line began. */
    long openedAt() {
        return openedAt;
    }

    void add(LineBuffer line) {
        LineBuffer to = opener == NO_OWNER ? filling : held;
        to.bytes(line.array(), 0, line.size());
    }

    boolean openForAnother(Object owner) {
        return opener != NO_OWNER && opener != owner;
    }

    /** Continues the owner's open line, or begins it. Only a new line gets the first {@code prefix} bytes. */
    void addPart(Object owner, LineBuffer part, int prefix, byte[] end, long now) {
        if (opener != owner) {
            breakOff();
            opener = owner;
            openEnd = end;
            openedAt = now;
            filling.bytes(part.array(), 0, part.size());
        } else {
            filling.bytes(part.array(), prefix, part.size() - prefix);
        }
    }

    /** Closes the open line, which has got its newline. */
    void close() {
        opener = NO_OWNER;
        openEnd = EMPTY;
        filling.bytes(held.array(), 0, held.size());
        held.clear(0);
    }

    /** Ends the open line, if there is one, where it is. What its owner adds later begins a new line. */
    void breakOff() {
        filling.bytes(openEnd);
        close();
    }

    void breakOff(Object owner) {
        if (opener == owner) {
            breakOff();
        }
    }

    LineBuffer take() {
        LineBuffer full = filling;
        filling = taken;
        filling.clear(MAX_KEPT);
        taken = full;
        inFlight = full.size();
        return full;
    }

    void written(int bytes) {
        inFlight -= bytes;
    }

    /** Frees the memory that a burst has made the arrays grow to. */
    void trim() {
        filling.clear(0);
        taken.clear(0);
    }
}
