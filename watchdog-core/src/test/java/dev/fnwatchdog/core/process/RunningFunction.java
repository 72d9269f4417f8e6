package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fnwatchdog.core.Eventually;
import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A function server around one of {@code src/test/functions}, what it has printed, and all processes that it made. */
final class RunningFunction implements AutoCloseable {
    private static final String TREE = "TEST_TREE";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final String tree = UUID.randomUUID().toString();
    private final WatchdogLog log;
    private final FunctionServer server;

    private RunningFunction(String command, Map<String, String> environment, LogConfig config) throws Exception {
        log = WatchdogLog.start(config, out, err);
        Map<String, String> marked = new HashMap<>(environment);
        marked.put(TREE, tree);
        server = FunctionServer.start(CommandLine.parse(command), marked, log, config);
    }

    static RunningFunction of(String script) throws Exception {
        return of(script, bare(65536));
    }

    static RunningFunction of(String script, LogConfig config) throws Exception {
        return new RunningFunction("/bin/sh src/test/functions/" + script, path(), config);
    }

    static RunningFunction ofCommand(String command, Map<String, String> environment) throws Exception {
        return new RunningFunction(command, environment, bare(65536));
    }

    static LogConfig bare(int bufferSize) {
        return new LogConfig(LogConfig.Format.TEXT, false, bufferSize, false, false, false);
    }

    static Map<String, String> path() {
        return Map.of("PATH", System.getenv("PATH"));
    }

    FunctionServer server() {
        return server;
    }

    RunningFunction ready() throws Exception {
        Eventually.isTrue("ready", () -> out.toString(UTF_8).contains("ready\n"));
        return this;
    }

    Termination ended() throws Exception {
        return server.onExit().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    /** All that was printed; nothing more will be. */
    String output() {
        log.close();
        return out.toString(UTF_8);
    }

    String errors() {
        log.close();
        return err.toString(UTF_8);
    }

    /** The variables that a process of this function was started with. */
    List<String> environment(long pid) {
        return List.of(ProcessTable.ofThisSystem().environment(pid).substring(1).split("\0", 0));
    }

    /** Everything alive that was started from here, as a variable of the test's own tells. */
    List<Long> processes() {
        ProcessTable table = ProcessTable.ofThisSystem();
        // What has no memory any more has no environment either: it is dead, or a zombie that its parent will bury.
        return table.read().stream()
                .map(ProcessTable.Entry::pid)
                .filter(pid -> table.environment(pid).contains("\0" + TREE + "=" + tree + "\0"))
                .toList();
    }

    @Override
    public void close() {
        server.kill();
        log.close();
        processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
}
