package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.DescriptorBudget;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import dev.fnwatchdog.core.process.tree.ProcessTreeKill;
import java.io.Closeable;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

/** Starts processes through the JDK, where {@link NativeLauncher} is not available. */
public final class JdkLauncher implements Launcher {
    // The encoding that the JDK uses for environment variables.
    private static final Charset CHARSET = Runtime.version().feature() < 18
            ? Charset.defaultCharset()
            : Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private static final File EMPTY_FILE = new File("/dev/null");

    /** The descriptors that the JDK opens for one start, and some that other threads may open at the same time. */
    private static final int DESCRIPTORS_FOR_START = 12;

    /** Limits the concurrent starts of all launchers of this JVM. */
    private static final Semaphore STARTS =
            new Semaphore(DescriptorBudget.ofThisProcess().concurrentStarts());

    private final List<String> before;
    private final List<String> arguments;

    // Variables with equal values are not set again: a value that this JVM's encoding cannot decode keeps its bytes.
    private final Set<String> removed;
    private final Map<String, String> changed;
    private final StrayReaper strays;

    /**
     * Creates a launcher whose processes get exactly the given environment.
     *
     * @param before the command line before the file, such as {@code setsid}
     * @param arguments the command line after the file
     * @param strays waits for the children that the JDK does not wait for
     */
    public JdkLauncher(
            List<String> before, List<String> arguments, Map<String, String> environment, StrayReaper strays) {
        this.strays = strays;
        this.before = List.copyOf(before);
        this.arguments = List.copyOf(arguments);
        Map<String, String> inherited = new ProcessBuilder().environment();
        Set<String> surplus = new HashSet<>(inherited.keySet());
        surplus.removeAll(environment.keySet());
        Map<String, String> different = new HashMap<>(environment);
        different.entrySet().removeIf(each -> each.getValue().equals(inherited.get(each.getKey())));
        this.removed = Set.copyOf(surplus);
        this.changed = Map.copyOf(different);
    }

    @Override
    public ChildProcess launch(String file, Map<String, String> variables, InvocationMarker marker, Stdio stdio)
            throws LaunchFailedException {
        List<String> words = new ArrayList<>(before);
        words.add(file);
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words);
        Map<String, String> environment = builder.environment();
        removed.forEach(environment::remove);
        environment.putAll(changed);
        variables.forEach((name, value) -> environment.put(text(name), text(value)));
        environment.put(InvocationMarker.NAME, marker.value());
        STARTS.acquireUninterruptibly();
        try {
            return new JdkChildProcess(start(builder, stdio), strays);
        } catch (LaunchFailedException e) {
            throw e;
        } catch (IOException e) {
            LaunchFailedException failure = LaunchFailedException.of(e);
            if (failure.mayHaveStarted()) {
                endLost(marker);
            }
            throw failure;
        } catch (OutOfMemoryError e) {
            ThreadRefusedException refused = ThreadRefusedException.of(e);
            endLost(marker);
            throw LaunchFailedException.of(new IOException(refused.getMessage(), refused));
        } finally {
            STARTS.release();
        }
    }

    /**
     * Kills a process that runs although its start has failed, and whose pid the JDK does not return. A start fails in this
     * way when no thread is available to wait for the process, and when a file cannot be closed afterwards.
     */
    private void endLost(InvocationMarker marker) {
        ProcessTreeKill.all(ProcessTable.ofThisSystem(), List.of(ProcessTree.of(marker)));
        strays.lost();
    }

    private static Process start(ProcessBuilder builder, Stdio stdio) throws IOException {
        if (stdio instanceof Stdio.Pipes pipes) {
            requireDescriptors();
            return builder.redirectErrorStream(pipes.errorsIntoOutput()).start();
        }
        Stdio.Descriptors numbers = (Stdio.Descriptors) stdio;
        File input = file(numbers.input());
        File output = file(numbers.output());
        File errors = file(numbers.errors());
        builder.redirectInput(input);
        builder.redirectOutput(output);
        builder.redirectErrorStream(numbers.errors() == numbers.output());
        builder.redirectError(errors);
        // The JDK opens the files itself, and opening one end of a pipe blocks until the other end is open. This method
        // therefore holds both ends open, whatever happens to the other end meanwhile.
        List<Closeable> held = new ArrayList<>();
        try {
            hold(held, input, output, errors);
            requireDescriptors();
            return builder.start();
        } finally {
            closeAll(held);
        }
    }

    private static void hold(List<Closeable> held, File... files) throws LaunchFailedException {
        try {
            for (File each : files) {
                held.add(new RandomAccessFile(each, "rw"));
            }
        } catch (FileNotFoundException e) {
            throw LaunchFailedException.noDescriptors(e);
        }
    }

    /**
     * Checks that enough descriptors are free for one start by the JDK. If the JDK gets only some of them, it closes two
     * descriptors whose numbers are uninitialized memory, whatever they belong to (since JDK-8307990: 17.0.9, 21 and later).
     * One thread checks at a time, because concurrent checks would take the descriptors from each other.
     */
    private static synchronized void requireDescriptors() throws LaunchFailedException {
        List<Closeable> free = new ArrayList<>(DESCRIPTORS_FOR_START);
        try {
            for (int i = 0; i < DESCRIPTORS_FOR_START; i++) {
                free.add(new FileInputStream(EMPTY_FILE));
            }
        } catch (FileNotFoundException e) {
            throw LaunchFailedException.noDescriptors(e);
        } finally {
            closeAll(free);
        }
    }

    private static void closeAll(List<Closeable> files) {
        for (Closeable each : files) {
            try {
                each.close();
            } catch (IOException ignored) {
                // Nothing was written to the file.
            }
        }
    }

    @Override
    public void close() {
        strays.close();
    }

    private static File file(int descriptor) {
        return new File("/proc/self/fd/" + descriptor);
    }

    private static String text(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), CHARSET);
    }
}
