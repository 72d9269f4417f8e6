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

/** Hundreds of invocations leave no zombie, no descriptor and no thread behind. Proves specification 4.10. */
@EnabledOnOs(OS.LINUX)
class InvocationLeftoversTest {
    private static final int INVOCATIONS = 200;

    @Test
    void invocationsThatEndByThemselvesLeaveNothingBehind() throws Exception {
        leavesNothing("true", invocations -> {
            InvocationProcess process = invocations.start();
            StartedInvocations.ended(process);
            StartedInvocations.discard(process);
        });
    }

    @Test
    void invocationsWithDescriptorsLeaveNothingBehind() throws Exception {
        leavesNothing("cat", invocations -> {
            try (OpenPipe input = OpenPipe.open();
                    OpenPipe output = OpenPipe.open()) {
                InvocationProcess process = invocations
                        .invocationProcesses()
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
    void killedInvocationsLeaveNothingBehind() throws Exception {
        leavesNothing("sh -c 'sleep 600 & wait'", invocations -> {
            InvocationProcess process = invocations.start();
            process.kill();
            StartedInvocations.ended(process);
            StartedInvocations.discard(process);
        });
    }

    @Test
    void invocationsThatFailToStartLeaveNothingBehind() throws Exception {
        String tooLong = "x".repeat(200_000);
        leavesNothing(
                "true",
                invocations -> assertThatExceptionOfType(FunctionFailedException.class)
                        .isThrownBy(() -> invocations.start(Map.of("Http_A", tooLong)))
                        .matches(FunctionFailedException::tooLong));
        leavesNothing(
                "nosuch",
                invocations ->
                        assertThatExceptionOfType(FunctionFailedException.class).isThrownBy(invocations::start));
    }

    private interface Invocation {
        void run(StartedInvocations invocations) throws Exception;
    }

    private static void leavesNothing(String command, Invocation invocation) throws Exception {
        long before;
        try (StartedInvocations invocations = StartedInvocations.of(command)) {
            run(invocations, invocation, 20);
            Eventually.isTrue("processes", () -> invocations.processes().isEmpty());
            before = descriptors();
            run(invocations, invocation, INVOCATIONS);

            Eventually.isTrue("processes", () -> invocations.processes().isEmpty());
            Eventually.isTrue("zombies", () -> zombies() == 0);
            Eventually.isTrue("descriptors", () -> descriptors() <= before);
        }
        Eventually.isTrue("threads", () -> Threads.named("watchdog-") == 0);
        Eventually.isTrue("descriptors", () -> descriptors() <= before);
    }

    private static void run(StartedInvocations invocations, Invocation invocation, int times) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Future<?>[] runs = new Future<?>[times];
            for (int i = 0; i < times; i++) {
                runs[i] = threads.submit(() -> {
                    invocation.run(invocations);
                    return invocations;
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
