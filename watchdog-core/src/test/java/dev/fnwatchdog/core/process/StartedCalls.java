package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.fnwatchdog.core.config.CommandLine;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Calls of one command, and everything that they have started. */
final class StartedCalls implements AutoCloseable {
    private static final Stdio PIPES = new Stdio.Pipes(false);

    private final Tag tag = new Tag();
    private final CallProcesses calls;

    private StartedCalls(CommandLine command, Map<String, String> environment) {
        calls = new CallProcesses(command, tag.on(environment));
    }

    static StartedCalls of(String command) {
        return of(command, RunningFunction.path());
    }

    static StartedCalls of(String command, Map<String, String> environment) {
        return new StartedCalls(CommandLine.parse(command), environment);
    }

    /** One of {@code src/test/functions}. */
    static StartedCalls ofScript(String script) {
        return of("/bin/sh src/test/functions/" + script);
    }

    CallProcesses calls() {
        return calls;
    }

    CallProcess start() throws IOException {
        return calls.start(Map.of(), PIPES);
    }

    CallProcess start(Map<String, String> variables) throws IOException {
        return calls.start(variables, PIPES);
    }

    /** Starts it once and waits until it prints {@code ready}. */
    CallProcess ready() throws IOException {
        CallProcess process = start();
        StringBuilder printed = new StringBuilder();
        while (!printed.toString().endsWith("ready\n")) {
            printed.append((char) process.output().read());
        }
        return process;
    }

    /** Runs it once with an empty input: all that it prints, one char a byte. */
    String output(Map<String, String> variables) throws Exception {
        return output(start(variables));
    }

    static String output(CallProcess process) throws IOException {
        process.input().close();
        try (var output = process.output();
                var errors = process.errors()) {
            return new String(output.readAllBytes(), ISO_8859_1);
        }
    }

    static Termination ended(CallProcess process) throws Exception {
        return process.onExit().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    static void discard(CallProcess process) throws IOException {
        process.input().close();
        process.output().close();
        process.errors().close();
    }

    List<Long> processes() {
        return tag.processes();
    }

    @Override
    public void close() {
        calls.close();
        tag.killAll();
    }
}
