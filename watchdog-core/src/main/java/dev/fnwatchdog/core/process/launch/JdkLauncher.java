package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import dev.fnwatchdog.core.process.tree.TreeKillRounds;
import java.io.File;
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

/** Starts processes through the JDK, where nothing better is to be had. */
public final class JdkLauncher implements Launcher {
    // What the JDK encodes variables in.
    private static final Charset CHARSET = Runtime.version().feature() < 18
            ? Charset.defaultCharset()
            : Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private final List<String> before;
    private final List<String> arguments;

    // What is equal in both is left alone: a value that is not text in this JVM's encoding then keeps its bytes.
    private final Set<String> removed;
    private final Map<String, String> changed;
    private final StrayReaper strays;

    /**
     * Starts with exactly the given environment.
     *
     * @param before words before the file, such as {@code setsid}
     * @param arguments words after it
     * @param strays waits for those that the JDK loses
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
        try {
            return new JdkChildProcess(start(builder, stdio), strays);
        } catch (IOException e) {
            throw LaunchFailedException.of(e);
        } catch (OutOfMemoryError e) {
            ThreadRefusedException refused = ThreadRefusedException.of(e);
            endLost(marker);
            throw LaunchFailedException.of(new IOException(refused.getMessage(), refused));
        }
    }

    /** The process runs by now; the JDK has no thread to wait for it, and so keeps its number to itself. */
    private void endLost(InvocationMarker marker) {
        TreeKillRounds.all(ProcessTable.ofThisSystem(), List.of(ProcessTree.of(marker)));
        strays.lost();
    }

    private static Process start(ProcessBuilder builder, Stdio stdio) throws IOException {
        if (stdio instanceof Stdio.Pipes pipes) {
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
        // The JDK opens the files itself, which for a pipe waits until somebody has the other end. Whatever becomes of
        // that meanwhile, this here has both.
        List<RandomAccessFile> held = new ArrayList<>();
        try {
            for (File each : List.of(input, output, errors)) {
                held.add(new RandomAccessFile(each, "rw"));
            }
            return builder.start();
        } finally {
            for (RandomAccessFile each : held) {
                each.close();
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
