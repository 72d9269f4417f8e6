package dev.fnwatchdog.core.log;

/**
 * What waits for the writer of a stream, in the order it will be printed. While a line of the function's is open, which
 * is too long to come in one piece, whole lines of others are held back so that they do not break it.
 *
 * <p>Threads: all calls are made under {@link BoundedOutput}'s lock, but the array of {@link #taken} is the writer's.
 */
final class PendingLines {
    private static final Object NOBODY = new Object();
    private static final byte[] NOTHING = {};
    private static final int USUAL = 8 * 1024;
    private static final int KEPT = 256 * 1024;

    // Mutable state
    private LineBuffer filling = new LineBuffer(USUAL);
    private LineBuffer taken = new LineBuffer(USUAL);
    private final LineBuffer held = new LineBuffer(64);
    private int inFlight;
    private Object opener = NOBODY;
    private byte[] openEnd = NOTHING;
    private long openedAt;

    /** Bytes that are not yet written, those that the writer has included. */
    int pending() {
        return filling.size() + held.size() + inFlight;
    }

    /** Bytes that the writer can take. */
    int ready() {
        return filling.size();
    }

    boolean hasHeldLines() {
        return held.size() > 0;
    }

    /** When the open line was begun, as {@link System#nanoTime} tells it. */
    long openedAt() {
        return openedAt;
    }

    void add(LineBuffer line) {
        LineBuffer to = opener == NOBODY ? filling : held;
        to.bytes(line.array(), 0, line.size());
    }

    boolean openForAnother(Object owner) {
        return opener != NOBODY && opener != owner;
    }

    /** Goes on with the owner's open line, or begins it: only then with the first {@code prefix} bytes. */
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

    /** The open line has got its newline. */
    void close() {
        opener = NOBODY;
        openEnd = NOTHING;
        filling.bytes(held.array(), 0, held.size());
        held.clear(0);
    }

    /** Ends the open line, if there is one, where it is. What its owner adds later begins a line of its own. */
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
        filling.clear(KEPT);
        taken = full;
        inFlight = full.size();
        return full;
    }

    void written(int bytes) {
        inFlight -= bytes;
    }

    /** Gives back what a burst has made the arrays grow to. */
    void trim() {
        filling.clear(0);
        taken.clear(0);
    }
}
