package dev.fnwatchdog.core.process.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The number of file descriptors that this process may have, and what the highest of them are kept for. The last are a
 * reserve for what must not fail in the middle: starts of processes through the JDK, and the search for processes to kill.
 * Below it are some for the pipes of requests, which connections leave alone: a request of a connection that was accepted
 * can be served.
 *
 * <p>Where the JDK finds no descriptor for its own pipes, it closes descriptors that belong to others
 * ({@code docs/upstream-issues.md}).
 *
 * <p>Threads: any.
 *
 * @param number the soft limit ({@code ulimit -n}); {@link #UNKNOWN} where the system names none
 */
public record DescriptorLimit(int number) {
    public static final int UNKNOWN = Integer.MAX_VALUE;

    /** The system's own message for EMFILE. */
    public static final String EXHAUSTED = "Too many open files";

    /** What the JDK opens to start one process, with those that {@code JdkLauncher} holds meanwhile. */
    private static final int EACH_START = 10;

    /** For the search for processes, and for what the JVM opens for itself. */
    private static final int OTHERS = 14;

    private static final int SMALLEST_RESERVE = EACH_START + OTHERS;
    private static final int LARGEST_RESERVE = 512;
    private static final int SHARE = 6;
    private static final int LARGEST_SHARE = 3;
    private static final int SHARE_OF_PIPES = 8;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("^Max open files +(\\d{1,9}) ", Pattern.MULTILINE);

    /** Read once: at the limit the file cannot be opened. */
    private static final class OfThisProcess {
        static final DescriptorLimit LIMIT = read();

        private static DescriptorLimit read() {
            try {
                return parse(Files.readString(LIMITS, StandardCharsets.ISO_8859_1));
            } catch (IOException notLinux) {
                return new DescriptorLimit(UNKNOWN);
            }
        }
    }

    /** Returns the limit of this process at the first call; a later change is not seen. */
    public static DescriptorLimit ofThisProcess() {
        return OfThisProcess.LIMIT;
    }

    /** Finds the limit in what {@code /proc/self/limits} contains. */
    static DescriptorLimit parse(String limits) {
        Matcher found = OPEN_FILES.matcher(limits);
        return new DescriptorLimit(found.find() ? Integer.parseInt(found.group(1)) : UNKNOWN);
    }

    private int reserve() {
        int wanted = Math.min(LARGEST_RESERVE, Math.max(SMALLEST_RESERVE, number / SHARE));
        return Math.min(wanted, number / LARGEST_SHARE);
    }

    /** Whether a pipe of a request may have this descriptor. The system hands out the lowest that is free. */
    public boolean isForPipes(int descriptor) {
        return number == UNKNOWN || descriptor < number - reserve();
    }

    /** Whether a connection may have this descriptor. */
    public boolean isForConnections(int descriptor) {
        return number == UNKNOWN || descriptor < number - reserve() - Math.min(reserve(), number / SHARE_OF_PIPES);
    }

    /** Returns how many starts at once the reserve is enough for; at least 1. */
    public int concurrentStarts() {
        return Math.max(1, (reserve() - OTHERS) / EACH_START);
    }

    /** Returns the limit as {@code ulimit -n} prints it. */
    @Override
    public String toString() {
        return number == UNKNOWN ? "unknown" : Integer.toString(number);
    }
}
