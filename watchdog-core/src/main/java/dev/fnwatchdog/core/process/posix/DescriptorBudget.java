package dev.fnwatchdog.core.process.posix;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shares the file descriptors that this process may have ({@code ulimit -n}). The last of them are a reserve for
 * operations that must not fail halfway: starts of processes through the JDK, and the search for processes to kill.
 * Connections leave a further share to the pipes of requests, which keeps requests on open connections possible.
 *
 * <p>Where the JDK finds no descriptor for its own pipes, it closes descriptors that belong to others (specification 7.25).
 *
 * <p>Closed descriptors are not returned: when the budget is used up, the open descriptors are counted again. Where the system
 * has no {@code /proc}, there is no limit.
 *
 * <p>Threads: any. Counting takes less than a millisecond for a thousand descriptors.
 */
public final class DescriptorBudget {
    /** The system's own message for EMFILE. */
    public static final String EXHAUSTED = "Too many open files";

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    /** Descriptors for one start by the JDK, with those that {@code JdkLauncher} holds meanwhile. */
    private static final int EACH_START = 10;

    /** Descriptors for the search for processes, and for the JVM's own use. */
    private static final int OTHERS = 14;

    private static final int SMALLEST_RESERVE = EACH_START + OTHERS;
    private static final int LARGEST_RESERVE = 512;
    private static final int SHARE = 6;
    private static final int LARGEST_SHARE = 3;
    private static final int SHARE_OF_PIPES = 8;

    /** How long a count that found too many open descriptors stays valid. */
    private static final long COUNT_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Path OPEN = Path.of("/proc/self/fd");
    private static final Pattern OPEN_FILES = Pattern.compile("^Max open files +(\\d{1,9}) ", Pattern.MULTILINE);

    private final int limit;
    private final IntSupplier counter;

    // Mutable state, guarded by this: descriptors that were open at the last count plus those taken since
    @GuardedBy("this")
    private int used;

    @GuardedBy("this")
    private boolean counted;

    @GuardedBy("this")
    private long countedAt;

    /** @param counter returns the number of open descriptors; invoked under the lock */
    DescriptorBudget(int limit, IntSupplier counter) {
        this.limit = limit;
        this.counter = counter;
    }

    private static final class OfThisProcess {
        // Read once: at the limit the file cannot be opened.
        static final DescriptorBudget BUDGET = new DescriptorBudget(readLimit(), OfThisProcess::countOpen);

        private static int readLimit() {
            try {
                return parse(Files.readString(LIMITS, StandardCharsets.ISO_8859_1));
            } catch (IOException notLinux) {
                return NO_LIMIT;
            }
        }

        private static int countOpen() {
            String[] open = OPEN.toFile().list();
            // One is that of the folder itself. Without a free descriptor the folder cannot be read.
            return open == null ? NO_LIMIT : open.length - 1;
        }
    }

    /** Returns the budget that all watchdogs of this JVM share; a later change of the limit is not seen. */
    public static DescriptorBudget ofThisProcess() {
        return OfThisProcess.BUDGET;
    }

    /** Finds the limit in what {@code /proc/self/limits} contains. */
    static int parse(String limits) {
        Matcher found = OPEN_FILES.matcher(limits);
        return found.find() ? Integer.parseInt(found.group(1)) : NO_LIMIT;
    }

    private int reserve() {
        int wanted = Math.min(LARGEST_RESERVE, Math.max(SMALLEST_RESERVE, limit / SHARE));
        return Math.min(wanted, limit / LARGEST_SHARE);
    }

    /** Takes descriptors for the pipes of a process; returns false if too few are left. */
    public boolean takeForPipes(int count) {
        return take(count, limit - reserve());
    }

    /** Takes one descriptor for a connection; returns false if none is left. */
    public boolean takeForConnection() {
        return take(1, limit - reserve() - Math.min(reserve(), limit / SHARE_OF_PIPES));
    }

    private synchronized boolean take(int count, int most) {
        if (limit == NO_LIMIT) {
            return true;
        }
        long now = System.nanoTime();
        if (!counted || (used > most - count && now - countedAt > COUNT_NANOS)) {
            used = counter.getAsInt();
            counted = true;
            countedAt = now;
        }
        if (used > most - count) {
            return false;
        }
        used += count;
        return true;
    }

    /** Returns one descriptor that was taken and not used. */
    public synchronized void giveBack() {
        used--;
    }

    /** Returns the number of concurrent starts for which the reserve is sufficient; at least 1. */
    public int concurrentStarts() {
        return Math.max(1, (reserve() - OTHERS) / EACH_START);
    }

    /** Returns the limit as {@code ulimit -n} prints it. */
    public String describeLimit() {
        return limit == NO_LIMIT ? "unknown" : Integer.toString(limit);
    }
}
