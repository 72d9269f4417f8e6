package dev.fnwatchdog.core.log;

import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One of the watchdog's output streams: at most 1 MiB of lines wait for its reader. When that is full, lines are dropped,
 * counted and told.
 *
 * <p>Threads: any number add lines; the lock is held for a copy of bytes and never while something is written. One thread,
 * started with the first line, writes. While there is traffic it wakes every few milliseconds and takes what has gathered,
 * since waking it for each line would cost more than the line.
 */
final class BoundedOutput {
    /** Says that lines were dropped; false where there was no room even for that. */
    interface DropNotice {
        boolean report(long lines);
    }

    private enum Writer {
        IDLE,
        GATHERING,
        BUSY
    }

    private static final int CAPACITY = 1 << 20;
    // The rest is for the watchdog's own lines, which do not wait: a function that prints without end, and therefore
    // waits for room all the time, must not push them out.
    private static final int FUNCTION_CAPACITY = CAPACITY / 4 * 3;
    private static final int NOTICE_CAPACITY = CAPACITY + 1024;
    private static final int WAKE_AT = 64 * 1024;
    private static final long GATHER_NANOS = 4_000_000;
    // Eight short waits and not one long: where the whole container is out of its share of the processor, time passes
    // for
    // the writer too, and it must have had a chance before its reader is taken for stuck.
    private static final int ROOM_WAITS = 8;
    private static final long HOLD_NANOS = 1_000_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final PendingLines lines = new PendingLines();
    private final DropNotice notice;
    private final long roomWaitNanos;
    private final Thread thread;

    // Mutable state, under the lock
    private Writer writer = Writer.BUSY;
    private boolean started;
    private boolean closed;
    private boolean jammed;
    private long dropped;

    BoundedOutput(String threadName, OutputStream out, Duration patience, DropNotice notice) {
        this.notice = notice;
        this.roomWaitNanos = patience.toNanos() / ROOM_WAITS;
        this.thread = new Thread(new BatchWriter(this, out), threadName);
        this.thread.setDaemon(true);
    }

    /** Adds one of the watchdog's own entries, or drops it. Never waits. */
    void add(LineBuffer line) {
        lock.lock();
        try {
            if (!closed && !addWithin(CAPACITY, line)) {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds the notice of dropped lines, for which a little more room is kept. */
    boolean addNotice(LineBuffer line) {
        lock.lock();
        try {
            return addWithin(NOTICE_CAPACITY, line);
        } finally {
            lock.unlock();
        }
    }

    private boolean addWithin(int capacity, LineBuffer line) {
        if (lines.pending() + line.size() > capacity) {
            return false;
        }
        lines.add(line);
        wake();
        return true;
    }

    /** Whether a good part of the room is taken. */
    boolean isBacklogged() {
        lock.lock();
        try {
            return lines.pending() > CAPACITY / 4;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a whole line of the function's, or drops it.
     *
     * @param waits whether it waits for room, for a short time
     */
    void addFunctionLine(LineBuffer line, boolean waits) {
        lock.lock();
        try {
            if (roomFor(line.size(), waits)) {
                lines.add(line);
                wake();
            } else {
                dropped++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds the beginning of a line, or more of it; false where the line is lost. */
    boolean addPart(FunctionLines owner, LineBuffer part, int prefix, byte[] end) {
        lock.lock();
        try {
            return addPartOrDrop(owner, part, prefix, end);
        } finally {
            lock.unlock();
        }
    }

    /** Adds the rest of a line, its end included. */
    void addLastPart(FunctionLines owner, LineBuffer part, int prefix) {
        lock.lock();
        try {
            if (addPartOrDrop(owner, part, prefix, new byte[0])) {
                lines.close();
                room.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean addPartOrDrop(FunctionLines owner, LineBuffer part, int prefix, byte[] end) {
        if (owner.waits()) {
            awaitTurn(owner);
        }
        if (!roomFor(part.size(), owner.waits())) {
            lines.breakOff(owner);
            dropped++;
            return false;
        }
        lines.addPart(owner, part, prefix, end, System.nanoTime());
        wake();
        return true;
    }

    /** Waits until no line of another's is open. One that stays open for long is broken by the caller. */
    private void awaitTurn(FunctionLines owner) {
        long left = HOLD_NANOS;
        while (lines.openForAnother(owner) && left > 0 && !jammed && !closed) {
            left = awaitRoom(left);
        }
    }

    /**
     * Waits once for a reader that is merely busy. When it does not come back in time it is taken for stuck, and nothing
     * waits any more until half of the buffer is free.
     */
    private boolean roomFor(int size, boolean waits) {
        if (jammed && lines.pending() <= CAPACITY / 2) {
            jammed = false;
        }
        int left = waits ? ROOM_WAITS : 0;
        while (lines.pending() + size > FUNCTION_CAPACITY && left > 0 && !jammed && !closed) {
            // One that is not over in time was ended by the writer, so there is a reader.
            left -= awaitRoom(roomWaitNanos) <= 0 ? 1 : 0;
        }
        boolean room = lines.pending() + size <= FUNCTION_CAPACITY;
        // Who does not wait learns nothing of the reader.
        jammed |= !room && waits;
        return room && !jammed && !closed;
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private long awaitRoom(long nanos) {
        try {
            return room.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // Whoever interrupts a copier wants it to end: no more waiting.
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private void wake() {
        if (!started && !closed) {
            started = true;
            thread.start();
        }
        if (writer == Writer.IDLE || (writer == Writer.GATHERING && lines.ready() >= WAKE_AT)) {
            writer = Writer.BUSY;
            work.signal();
        }
    }

    /** Waits for lines and takes them; an empty batch is the end. */
    LineBuffer awaitLines() throws InterruptedException {
        lock.lock();
        try {
            while (!ready() && !closed) {
                writer = Writer.IDLE;
                awaitWork();
            }
            writer = Writer.BUSY;
            LineBuffer batch = lines.take();
            // What was dropped came after this batch.
            tellDropped();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private boolean ready() {
        if (lines.hasHeldLines() && (closed || holdLeft() <= 0)) {
            lines.breakOff();
        }
        if (lines.ready() == 0) {
            tellDropped();
        }
        return lines.ready() > 0;
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private void awaitWork() throws InterruptedException {
        if (lines.hasHeldLines()) {
            work.awaitNanos(holdLeft());
        } else {
            lines.trim();
            work.await();
        }
    }

    private long holdLeft() {
        return lines.openedAt() + HOLD_NANOS - System.nanoTime();
    }

    /** That the writer is not stuck in a write means that there is a reader again. */
    private void tellDropped() {
        if (dropped > 0 && notice.report(dropped)) {
            dropped = 0;
        }
    }

    /** Leaves time for lines to come together, while there is not much yet. */
    void gather() throws InterruptedException {
        lock.lock();
        try {
            writer = Writer.GATHERING;
            long left = GATHER_NANOS;
            while (left > 0 && !closed && lines.ready() < WAKE_AT) {
                left = work.awaitNanos(left);
            }
            writer = Writer.BUSY;
        } finally {
            lock.unlock();
        }
    }

    void written(int bytes) {
        lock.lock();
        try {
            lines.written(bytes);
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more lines; what is there is still written. */
    void end() {
        lock.lock();
        try {
            closed = true;
            work.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the rest to be written, and gives up on it after the given time. */
    void join(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
        thread.interrupt();
    }
}
