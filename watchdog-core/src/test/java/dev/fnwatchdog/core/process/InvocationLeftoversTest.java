package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.core.fixture.Eventually;
import dev.fnwatchdog.core.fixture.OpenPipe;
import dev.fnwatchdog.core.fixture.StartedInvocations;
import dev.fnwatchdog.core.fixture.Threads;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What some hundred calls leave behind: no zombie, no descriptor, no thread. */
@EnabledOnOs(OS.LINUX)
class InvocationLeftoversTest {
    private static final int CALLS = 200;

    @Test
    void areNothingAfterCallsThatEndByThemselves() throws Exception {
        leavesNothing("true", calls -> {
            InvocationProcess process = calls.start();
            StartedInvocations.ended(process);
            StartedInvocations.discard(process);
        });
    }

    @Test
    void areNothingAfterCallsWithDescriptors() throws Exception {
        leavesNothing("cat", calls -> {
            try (OpenPipe input = OpenPipe.open();
                    OpenPipe output = OpenPipe.open()) {
                InvocationProcess process = calls.calls()
                        .start(
                                Map.of(),
                                new Stdio.Descriptors(input.sourceNumber(), output.sinkNumber(), output.sinkNumber()));
                input.sink().close();
                output.sink().close();
                assertThat(output.read()).isEmpty();
                StartedInvocations.ended(process);
            }
        });
    }

    @Test
    void areNothingAfterKilledCalls() throws Exception {
        leavesNothing("sh -c 'sleep 600 & wait'", calls -> {
            InvocationProcess process = calls.start();
            process.kill();
            StartedInvocations.ended(process);
            StartedInvocations.discard(process);
        });
    }

    @Test
    void areNothingAfterFailedStarts() throws Exception {
        String tooLong = "x".repeat(200_000);
        leavesNothing(
                "true",
                calls -> assertThatExceptionOfType(FunctionFailedException.class)
                        .isThrownBy(() -> calls.start(Map.of("Http_A", tooLong)))
                        .matches(FunctionFailedException::tooLong));
        leavesNothing(
                "nosuch",
                calls ->
                        assertThatExceptionOfType(FunctionFailedException.class).isThrownBy(calls::start));
    }

    private interface Call {
        void run(StartedInvocations calls) throws Exception;
    }

    private static void leavesNothing(String command, Call call) throws Exception {
        long before;
        try (StartedInvocations calls = StartedInvocations.of(command)) {
            run(calls, call, 20);
            Eventually.isTrue("processes", () -> calls.processes().isEmpty());
            before = descriptors();
            run(calls, call, CALLS);

            Eventually.isTrue("processes", () -> calls.processes().isEmpty());
            Eventually.isTrue("zombies", () -> zombies() == 0);
            Eventually.isTrue("descriptors", () -> descriptors() <= before);
        }
        Eventually.isTrue("threads", () -> Threads.named("watchdog-") == 0);
        Eventually.isTrue("descriptors", () -> descriptors() <= before);
    }

    private static void run(StartedInvocations calls, Call call, int times) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Future<?>[] runs = new Future<?>[times];
            for (int i = 0; i < times; i++) {
                runs[i] = threads.submit(() -> {
                    call.run(calls);
                    return calls;
                });
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static long zombies() throws IOException {
        long self = ProcessHandle.current().pid();
        return ProcessTable.ofThisSystem().read().stream()
                .filter(entry -> entry.parent() == self && entry.zombie())
                .count();
    }
}
