package dev.fnwatchdog.core.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One of the watchdog's output streams: at most 1 MiB of lines waits for its reader. When that is full, lines are
 * dropped, counted and reported (specification 6.15).
 *
 * <p>Threads: any number add lines; the lock is held while bytes are copied and never while something is written. One
 * thread, started with the first line, writes. Under load it wakes every few milliseconds and takes the lines that have
 * arrived, because waking it for each line would cost more than the line.
 */
final class BoundedOutput {
    /** Reports that lines were dropped; false if there was no room for the report. */
    interface DropNotice {
        boolean report(long lines);
    }

    private enum Writer {
        IDLE,
        GATHERING,
        BUSY
    }

    private static final int CAPACITY = 1 << 20;
    // The rest is for the watchdog's own lines, which do not wait. A function that prints without end waits for room
    // all the time, and must not displace them.
    private static final int FUNCTION_CAPACITY = CAPACITY / 4 * 3;
    private static final int NOTICE_CAPACITY = CAPACITY + 1024;
    private static final int WAKE_BYTES = 64 * 1024;
    private static final long GATHER_NANOS = 4_000_000;
    // Eight short waits instead of a long one: when the container has used up its share of the processor, time passes
    // for the writer too, and it must have had a chance to run before its reader counts as stuck.
    private static final int ROOM_WAITS = 8;
    private static final long HOLD_NANOS = 1_000_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();

    @GuardedBy("lock")
    private final PendingLines lines = new PendingLines();

    private final DropNotice notice;
    private final long roomWaitNanos;
    private final AtomicLong allDropped = new AtomicLong();
    private final Thread thread;

    // Mutable state, under the lock
    @GuardedBy("lock")
    private Writer writer = Writer.BUSY;

    @GuardedBy("lock")
    private boolean started;

    @GuardedBy("lock")
    private boolean closed;

    @GuardedBy("lock")
    private boolean stuck;
    // not reported yet
    @GuardedBy("lock")
    private long dropped;

    BoundedOutput(String threadName, OutputStream out, Duration maxWait, DropNotice notice) {
        this.notice = notice;
        this.roomWaitNanos = maxWait.toNanos() / ROOM_WAITS;
        this.thread = new Thread(new BatchWriter(this, out), threadName);
        this.thread.setDaemon(true);
    }

    /** Adds one of the watchdog's own entries, or drops it. Never waits. */
    void add(LineBuffer line) {
        lock.lock();
        try {
            if (!closed && !addWithin(CAPACITY, line)) {
                drop();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void drop() {
        dropped++;
        allDropped.incrementAndGet();
    }

    /** Returns the number of lines that were dropped so far. */
    long allDropped() {
        return allDropped.get();
    }

    /** Adds the report of dropped lines, for which some more room is reserved. */
    boolean addNotice(LineBuffer line) {
        lock.lock();
        try {
            return addWithin(NOTICE_CAPACITY, line);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean addWithin(int capacity, LineBuffer line) {
        if (lines.pending() + line.size() > capacity) {
            return false;
        }
        lines.add(line);
        wake();
        return true;
    }

    /** Whether more than a quarter of the room is taken. */
    boolean isBacklogged() {
        lock.lock();
        try {
            return lines.pending() > CAPACITY / 4;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds a whole line of the function's output, or drops it.
     *
     * @param waits whether to wait for room, for a short time
     */
    void addFunctionLine(LineBuffer line, boolean waits) {
        lock.lock();
        try {
            if (roomFor(line.size(), waits)) {
                lines.add(line);
                wake();
            } else {
                drop();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds the beginning of a line, or more of it; false if the line is lost. */
    boolean addPart(FunctionLines owner, LineBuffer part, int prefix, byte[] end) {
        lock.lock();
        try {
            return addPartOrDrop(owner, part, prefix, end);
        } finally {
            lock.unlock();
        }
    }

    /** Adds the rest of a line, including its end. */
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

    @GuardedBy("lock")
    private boolean addPartOrDrop(FunctionLines owner, LineBuffer part, int prefix, byte[] end) {
        if (owner.waits()) {
            awaitNoOtherOpenLine(owner);
        }
        if (!roomFor(part.size(), owner.waits())) {
            lines.breakOff(owner);
            drop();
            return false;
        }
        lines.addPart(owner, part, prefix, end, System.nanoTime());
        wake();
        return true;
    }

    /** Waits until no line of another owner is open. If one stays open for too long, the caller breaks it off. */
    @GuardedBy("lock")
    private void awaitNoOtherOpenLine(FunctionLines owner) {
        long remaining = HOLD_NANOS;
        while (lines.openForAnother(owner) && remaining > 0 && !stuck && !closed) {
            remaining = awaitRoom(remaining);
        }
    }

    /**
     * Waits once for a reader that is only busy. If there is no room in time, the reader counts as stuck, and no line
     * waits until half of the buffer is free.
     */
    @GuardedBy("lock")
    private boolean roomFor(int size, boolean waits) {
        if (stuck && lines.pending() <= CAPACITY / 2) {
            stuck = false;
        }
        int remaining = waits ? ROOM_WAITS : 0;
        while (lines.pending() + size > FUNCTION_CAPACITY && remaining > 0 && !stuck && !closed) {
            // A wait that did not time out was ended by the writer: there is a reader.
            remaining -= awaitRoom(roomWaitNanos) <= 0 ? 1 : 0;
        }
        boolean room = lines.pending() + size <= FUNCTION_CAPACITY;
        // A line that does not wait shows nothing about the reader.
        stuck |= !room && waits;
        return room && !stuck && !closed;
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private long awaitRoom(long nanos) {
        try {
            return room.awaitNanos(nanos);
        } catch (InterruptedException e) {
            // An interrupted copier must end: stop waiting.
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @GuardedBy("lock")
    private void wake() {
        if (!started && !closed) {
            started = true;
            thread.start();
        }
        if (writer == Writer.IDLE || (writer == Writer.GATHERING && lines.ready() >= WAKE_BYTES)) {
            writer = Writer.BUSY;
            work.signal();
        }
    }

    /** Waits for lines and takes them; an empty batch means the end. */
    LineBuffer awaitLines() throws InterruptedException {
        lock.lock();
        try {
            while (!ready() && !closed) {
                writer = Writer.IDLE;
                awaitWork();
            }
            writer = Writer.BUSY;
            LineBuffer batch = lines.take();
            // The dropped lines came after this batch.
            reportDropped();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean ready() {
        if (lines.hasHeldLines() && (closed || remainingHoldNanos() <= 0)) {
            lines.breakOff();
        }
        if (lines.ready() == 0) {
            reportDropped();
        }
        return lines.ready() > 0;
    }

    @GuardedBy("lock")
    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private void awaitWork() throws InterruptedException {
        if (lines.hasHeldLines()) {
            work.awaitNanos(remainingHoldNanos());
        } else {
            lines.trim();
            work.await();
        }
    }

    @GuardedBy("lock")
    private long remainingHoldNanos() {
        return lines.openedAt() + HOLD_NANOS - System.nanoTime();
    }

    /** Called by the writer: that it is not stuck in a write shows that there is a reader again. */
    @GuardedBy("lock")
    private void reportDropped() {
        if (dropped > 0 && notice.report(dropped)) {
            dropped = 0;
        }
    }

    /** Lets lines accumulate for a few milliseconds, unless there are many already. */
    void gather() throws InterruptedException {
        lock.lock();
        try {
            writer = Writer.GATHERING;
            long remaining = GATHER_NANOS;
            while (remaining > 0 && !closed && lines.ready() < WAKE_BYTES) {
                remaining = work.awaitNanos(remaining);
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

    /** Accepts no more lines; pending lines are still written. */
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

    /** Waits until the rest is written, at most for the given time. */
    void join(long millis) throws InterruptedException {
        thread.join(Math.max(1, millis));
        thread.interrupt();
    }
}
