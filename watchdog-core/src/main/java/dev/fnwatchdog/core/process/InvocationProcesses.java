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
 * Starts one process a call (specification 4), and kills whatever is left of all of them at the end.
 *
 * <p>Threads: any; a start blocks for about a millisecond.
 */
public final class InvocationProcesses implements AutoCloseable {
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Launcher launcher;
    private final ProgramStart program;
    private final CommandLine command;
    private final InvocationMarker marker;
    private final AtomicLong calls = new AtomicLong();
    private final ProcessTable table = ProcessTable.ofThisSystem();
    private final BackgroundTreeKiller killer = new BackgroundTreeKiller(table);
    private final Set<ProcessTree> running = ConcurrentHashMap.newKeySet();

    // Mutable state
    private volatile boolean closed;

    /** Looks for nothing yet: a command that is not there fails each start. */
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
        // Without setsid, which would make each call slower: the marker tells what belongs to a call.
        StrayReaper strays = new StrayReaper();
        strays.start();
        return new JdkLauncher(
                List.of(), command.words().subList(1, command.words().size()), environment, strays);
    }

    /** Whether {@link Stdio.Descriptors} can be used on this system. */
    public boolean passesDescriptors() {
        return new File("/proc/self/fd").canRead();
    }

    /**
     * Starts the command for one call.
     *
     * @param callVariables what the request adds to the environment, one char a byte; a name that does not begin
     *     {@code Http_} is left out
     * @throws FunctionFailedException {@code cannot start "nosuch": no such file or directory}
     */
    public InvocationProcess start(Map<String, String> callVariables, Stdio stdio) throws FunctionFailedException {
        if (closed) {
            throw Executable.failure(command.program(), "the watchdog stops");
        }
        InvocationMarker call = marker.ofCall(calls.incrementAndGet());
        ChildProcess child = program.start(fromRequest(callVariables), call, stdio);
        ProcessTree tree = child.tree(call);
        InvocationProcess process = watched(child, tree);
        running.add(tree);
        process.onExit().whenComplete((ended, failure) -> running.remove(tree));
        if (closed) {
            // Nobody else kills it any more, and this program may end before a thread gets to it.
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
     * Kills everything that any call started and that still runs. Blocks for at most about two seconds; no start
     * succeeds any more.
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
