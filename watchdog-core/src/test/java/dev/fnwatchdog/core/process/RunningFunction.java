package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fnwatchdog.core.Eventually;
import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A function server around one of {@code src/test/functions}, what it has printed, and all processes that it made. */
final class RunningFunction implements AutoCloseable {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Tag tag = new Tag();
    private final WatchdogLog log;
    private final FunctionServer server;

    private RunningFunction(String command, Map<String, String> environment, LogConfig config) throws Exception {
        log = WatchdogLog.start(config, out, err);
        server = FunctionServer.start(CommandLine.parse(command), tag.on(environment), log, config);
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
        return tag.processes();
    }

    @Override
    public void close() {
        server.kill();
        log.close();
        tag.killAll();
    }
}
