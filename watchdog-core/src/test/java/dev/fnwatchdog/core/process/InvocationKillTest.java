package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.core.fixture.Eventually;
import dev.fnwatchdog.core.fixture.StartedInvocations;
import dev.fnwatchdog.core.fixture.Threads;
import dev.fnwatchdog.core.process.launch.NativeLauncher;
import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A killed invocation leaves nothing behind, and its kill affects no other invocation. */
@EnabledOnOs(OS.LINUX)
class InvocationKillTest {
    private static final String HIDES =
            "hides-grandchildren.sh stays" + (NativeLauncher.available() ? "" : " no-session");

    /** Proves specification 4.5. */
    @Test
    void killingAnInvocationKillsItsHiddenGrandchildren() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript(HIDES)) {
            InvocationProcess process = invocations.ready();
            assertThat(invocations.processes()).hasSizeGreaterThanOrEqualTo(8);

            process.kill();

            assertThat(StartedInvocations.ended(process)).isEqualTo(new Signalled(9));
            Eventually.isTrue("nothing is left", () -> invocations.processes().isEmpty());
            StartedInvocations.discard(process);
        }
    }

    /** Proves specification 4.5. */
    @Test
    void hundredsOfReparentedDescendantsAreKilledAfterTheFirstProcessHasEnded() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript("hides-deep.sh 100")) {
            InvocationProcess process = invocations.ready();
            process.input().close();
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(0));
            assertThat(invocations.processes()).hasSizeGreaterThan(300);

            process.kill();

            Eventually.isTrue("nothing is left", () -> invocations.processes().isEmpty());
            StartedInvocations.discard(process);
        }
    }

    /** Proves specification 4.5. */
    @Test
    void aKillIsDoneWhenAProcessWithMuchMemoryHasEnded() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript("fills-memory.sh 200000000")) {
            InvocationProcess process = invocations.ready();
            List<ProcessHandle> handles = invocations.processes().stream()
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .toList();
            assertThat(handles).hasSizeGreaterThanOrEqualTo(3);

            process.kill().toCompletableFuture().get(20, TimeUnit.SECONDS);

            ProcessTable table = ProcessTable.ofThisSystem();
            assertThat(handles)
                    .noneMatch(each -> table.entry(each.pid())
                            .filter(entry -> !entry.zombie())
                            .isPresent());
            StartedInvocations.discard(process);
        }
    }

    /** Proves specification 4.5. */
    @Test
    void aThousandProcessesThatForkMeanwhileAreKilled() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript("fork-tree.sh 3")) {
            InvocationProcess process = invocations.start();
            Eventually.isTrue("a thousand", () -> invocations.processes().size() > 1000);

            process.kill();

            Eventually.isTrue("nothing is left", () -> invocations.processes().isEmpty());
            StartedInvocations.discard(process);
        }
    }

    @Test
    void killingAnInvocationSparesTheOtherInvocations() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript(HIDES)) {
            InvocationProcess killed = invocations.ready();
            InvocationProcess spared = invocations.ready();
            int both = invocations.processes().size();

            killed.kill();
            StartedInvocations.ended(killed);

            Eventually.isTrue("one half is left", () -> invocations.processes().size() <= both / 2 + 1);
            assertThat(invocations.processes()).contains(spared.pid()).hasSizeGreaterThanOrEqualTo(8);
            StartedInvocations.discard(killed);
            StartedInvocations.discard(spared);
        }
    }

    @Test
    void manyInvocationsAreKilledAtOnceAndTheKillThreadEnds() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript(HIDES)) {
            List<InvocationProcess> processes = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(10);
            try {
                List<Future<InvocationProcess>> starts = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    starts.add(threads.submit(invocations::ready));
                }
                for (Future<InvocationProcess> start : starts) {
                    processes.add(start.get());
                }
                for (InvocationProcess process : processes) {
                    Future<?> ignored = threads.submit(process::kill);
                }
            } finally {
                threads.shutdown();
            }

            Eventually.isTrue("nothing is left", () -> invocations.processes().isEmpty());
            Eventually.isTrue("no thread", () -> Threads.named("watchdog-kill") == 0);
            for (InvocationProcess process : processes) {
                assertThat(StartedInvocations.ended(process)).isEqualTo(new Signalled(9));
                StartedInvocations.discard(process);
            }
        }
    }

    @Test
    void anInvocationMayBeKilledTwiceAndAfterItsEnd() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("true")) {
            InvocationProcess process = invocations.start();
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(0));
            process.kill();
            process.kill();

            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(0));
            StartedInvocations.discard(process);
        }
    }

    @Test
    void closingTheInvocationProcessesKillsEverythingThatAnyInvocationStarted() throws Exception {
        try (StartedInvocations running = StartedInvocations.ofScript(HIDES);
                StartedInvocations ended = StartedInvocations.ofScript("hides-deep.sh 10")) {
            InvocationProcess first = running.ready();
            InvocationProcess second = running.ready();
            InvocationProcess third = ended.ready();
            third.input().close();
            StartedInvocations.ended(third);

            running.invocationProcesses().close();
            assertThat(StartedInvocations.ended(first)).isEqualTo(new Signalled(9));
            assertThat(StartedInvocations.ended(second)).isEqualTo(new Signalled(9));
            Eventually.isTrue("nothing runs", () -> running.processes().isEmpty());
            assertThat(ended.processes()).hasSizeGreaterThan(30);

            ended.invocationProcesses().close();
            Eventually.isTrue("nothing is left", () -> ended.processes().isEmpty());
            for (InvocationProcess process : List.of(first, second, third)) {
                StartedInvocations.discard(process);
            }
        }
    }

    @Test
    void noInvocationStartsAfterTheInvocationProcessesAreClosed() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("sleep 600")) {
            invocations.invocationProcesses().close();

            assertThatExceptionOfType(FunctionFailedException.class)
                    .isThrownBy(() -> invocations.start(Map.of()))
                    .withMessage("cannot start \"sleep\": the watchdog is stopping");
            assertThat(invocations.processes()).isEmpty();
        }
    }
}
