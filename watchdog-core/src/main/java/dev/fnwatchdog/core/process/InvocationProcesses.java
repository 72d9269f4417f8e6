package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.process.launch.ChildProcess;
import dev.fnwatchdog.core.process.launch.JdkLauncher;
import dev.fnwatchdog.core.process.launch.Launcher;
import dev.fnwatchdog.core.process.launch.NativeLauncher;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.launch.StrayReaper;
import dev.fnwatchdog.core.process.launch.UnwatchedChildProcess;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import dev.fnwatchdog.core.process.tree.BackgroundTreeKiller;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import dev.fnwatchdog.core.process.tree.ProcessTree;
import dev.fnwatchdog.core.process.tree.ProcessTreeKill;
import java.io.File;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Starts one process for each invocation (specification 4.1), and kills all that still run at the end (specification 4.22).
 *
 * <p>Threads: any; a start blocks for about a millisecond.
 */
public final class InvocationProcesses implements AutoCloseable {
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Launcher launcher;
    private final ProgramStart program;
    private final CommandLine command;
    private final InvocationMarker marker;
    private final AtomicLong invocations = new AtomicLong();
    private final ProcessTable table = ProcessTable.ofThisSystem();
    private final BackgroundTreeKiller killer = new BackgroundTreeKiller(table);
    private final Set<ProcessTree> running = ConcurrentHashMap.newKeySet();

    // Mutable state
    private volatile boolean closed;

    /** Does not look for the command yet: each start fails if there is no such command. */
    public InvocationProcesses(CommandLine command, Map<String, String> environment) {
        this.command = command;
        this.marker = InvocationMarker.next(environment);
        this.launcher = launcher(command, environment);
        this.program = new ProgramStart(command, environment, launcher);
    }

    private static Launcher launcher(CommandLine command, Map<String, String> environment) {
        if (NativeLauncher.available()) {
            return new NativeLauncher(command.words(), environment);
        }
        // Without setsid, which would slow down each start: the marker identifies the descendants.
        StrayReaper strays = new StrayReaper();
        strays.start();
        return new JdkLauncher(
                List.of(), command.words().subList(1, command.words().size()), environment, strays);
    }

    /** Returns why a start would fail now, empty where the command is there. */
    public String problem() {
        return program.problem();
    }

    /** Returns whether {@link Stdio.Descriptors} can be used on this system. */
    public boolean passesDescriptors() {
        return new File("/proc/self/fd").canRead();
    }

    /**
     * Starts the command for one invocation.
     *
     * @param requestVariables the variables that are made from the request, each char one byte; those whose name does not
     *     start with {@code Http_} are left out (specification 4.3)
     * @throws FunctionFailedException {@code cannot start "nosuch": no such file or directory}
     */
    public InvocationProcess start(Map<String, String> requestVariables, Stdio stdio) throws FunctionFailedException {
        if (closed) {
            throw Executable.failure(command.program(), "the watchdog is stopping");
        }
        InvocationMarker own = marker.ofCall(invocations.incrementAndGet());
        ChildProcess child = program.start(fromRequest(requestVariables), own, stdio);
        ProcessTree tree = child.tree(own);
        InvocationProcess process = watched(child, tree);
        running.add(tree);
        process.onExit().whenComplete((ended, failure) -> running.remove(tree));
        if (closed) {
            // close() may have missed it, and the JVM may end before a background thread kills it.
            ProcessTreeKill.all(table, List.of(tree));
        }
        return process;
    }

    private InvocationProcess watched(ChildProcess child, ProcessTree tree) throws FunctionFailedException {
        try {
            return new InvocationProcess(child, tree, killer);
        } catch (ThreadRefusedException e) {
            UnwatchedChildProcess.end(child, tree, table);
            throw new FunctionFailedException(Executable.message(command.program(), String.valueOf(e.getMessage())), e);
        }
    }

    private static Map<String, String> fromRequest(Map<String, String> variables) {
        for (String name : variables.keySet()) {
            if (!name.startsWith(Launcher.FROM_REQUEST)) {
                Map<String, String> left = new HashMap<>(variables);
                left.keySet().removeIf(each -> !each.startsWith(Launcher.FROM_REQUEST));
                return left;
            }
        }
        return variables;
    }

    /**
     * Kills all processes that any invocation has started and that still run. Blocks for at most about two seconds. Later
     * starts fail.
     */
    @Override
    public void close() {
        closed = true;
        long end = System.nanoTime() + CLOSE_NANOS;
        List<ProcessTree> all = new ArrayList<>(running);
        all.add(ProcessTree.of(marker));
        ProcessTreeKill kill = new ProcessTreeKill(table);
        Set<ProcessTree> left = new HashSet<>(all);
        while (!left.isEmpty() && System.nanoTime() < end) {
            left = kill.round(left);
        }
        killer.awaitQuiet(end - System.nanoTime());
        launcher.close();
    }
}
