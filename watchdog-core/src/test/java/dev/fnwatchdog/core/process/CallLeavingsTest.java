package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.core.Eventually;
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
class CallLeavingsTest {
    private static final int CALLS = 200;

    @Test
    void areNothingAfterCallsThatEndByThemselves() throws Exception {
        leavesNothing("true", calls -> {
            CallProcess process = calls.start();
            StartedCalls.ended(process);
            StartedCalls.discard(process);
        });
    }

    @Test
    void areNothingAfterCallsWithDescriptors() throws Exception {
        leavesNothing("cat", calls -> {
            try (OpenPipe input = OpenPipe.open();
                    OpenPipe output = OpenPipe.open()) {
                CallProcess process = calls.calls()
                        .start(
                                Map.of(),
                                new Stdio.Descriptors(input.sourceNumber(), output.sinkNumber(), output.sinkNumber()));
                input.sink().close();
                output.sink().close();
                assertThat(output.read()).isEmpty();
                StartedCalls.ended(process);
            }
        });
    }

    @Test
    void areNothingAfterKilledCalls() throws Exception {
        leavesNothing("sh -c 'sleep 600 & wait'", calls -> {
            CallProcess process = calls.start();
            process.kill();
            StartedCalls.ended(process);
            StartedCalls.discard(process);
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
        void run(StartedCalls calls) throws Exception;
    }

    private static void leavesNothing(String command, Call call) throws Exception {
        long before;
        try (StartedCalls calls = StartedCalls.of(command)) {
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

    private static void run(StartedCalls calls, Call call, int times) throws Exception {
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
