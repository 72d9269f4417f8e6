package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.core.Eventually;
import dev.fnwatchdog.core.process.Termination.Exited;
import dev.fnwatchdog.core.process.Termination.Signalled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What is left of a call that was killed: nothing; and nothing of any other is touched. */
@EnabledOnOs(OS.LINUX)
class KillsCallsTest {
    private static final String HIDES =
            "hides-grandchildren.sh stays" + (NativeLauncher.available() ? "" : " no-session");

    @Test
    void takesItsHiddenGrandchildrenAlong() throws Exception {
        try (StartedCalls calls = StartedCalls.ofScript(HIDES)) {
            CallProcess process = calls.ready();
            assertThat(calls.processes()).hasSizeGreaterThanOrEqualTo(8);

            process.kill();

            assertThat(StartedCalls.ended(process)).isEqualTo(new Signalled(9));
            Eventually.isTrue("nothing is left", () -> calls.processes().isEmpty());
            StartedCalls.discard(process);
        }
    }

    @Test
    void takesSomeHundredDeepAndReparentedOnesAlongAfterTheEndOfTheFirst() throws Exception {
        try (StartedCalls calls = StartedCalls.ofScript("hides-deep.sh 100")) {
            CallProcess process = calls.ready();
            assertThat(StartedCalls.ended(process)).isEqualTo(new Exited(0));
            assertThat(calls.processes()).hasSizeGreaterThan(300);

            process.kill();

            Eventually.isTrue("nothing is left", () -> calls.processes().isEmpty());
            StartedCalls.discard(process);
        }
    }

    @Test
    void takesAThousandThatForkMeanwhileAlong() throws Exception {
        try (StartedCalls calls = StartedCalls.ofScript("fork-tree.sh 3")) {
            CallProcess process = calls.start();
            Eventually.isTrue("a thousand", () -> calls.processes().size() > 1000);

            process.kill();

            Eventually.isTrue("nothing is left", () -> calls.processes().isEmpty());
            StartedCalls.discard(process);
        }
    }

    @Test
    void sparesTheOtherCalls() throws Exception {
        try (StartedCalls calls = StartedCalls.ofScript(HIDES)) {
            CallProcess killed = calls.ready();
            CallProcess spared = calls.ready();
            int both = calls.processes().size();

            killed.kill();
            StartedCalls.ended(killed);

            Eventually.isTrue("one half is left", () -> calls.processes().size() <= both / 2 + 1);
            assertThat(calls.processes()).contains(spared.pid()).hasSizeGreaterThanOrEqualTo(8);
            StartedCalls.discard(killed);
            StartedCalls.discard(spared);
        }
    }

    @Test
    void servesManyAtOnceAndEndsItsThread() throws Exception {
        try (StartedCalls calls = StartedCalls.ofScript(HIDES)) {
            List<CallProcess> processes = new ArrayList<>();
            ExecutorService threads = Executors.newFixedThreadPool(10);
            try {
                List<Future<CallProcess>> starts = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    starts.add(threads.submit(calls::ready));
                }
                for (Future<CallProcess> start : starts) {
                    processes.add(start.get());
                }
                for (CallProcess process : processes) {
                    Future<?> ignored = threads.submit(process::kill);
                }
            } finally {
                threads.shutdown();
            }

            Eventually.isTrue("nothing is left", () -> calls.processes().isEmpty());
            Eventually.isTrue("no thread", () -> Threads.named("watchdog-kill") == 0);
            for (CallProcess process : processes) {
                assertThat(StartedCalls.ended(process)).isEqualTo(new Signalled(9));
                StartedCalls.discard(process);
            }
        }
    }

    @Test
    void mayBeToldTwiceAndAfterTheEnd() throws Exception {
        try (StartedCalls calls = StartedCalls.of("true")) {
            CallProcess process = calls.start();
            assertThat(StartedCalls.ended(process)).isEqualTo(new Exited(0));
            process.kill();
            process.kill();

            assertThat(StartedCalls.ended(process)).isEqualTo(new Exited(0));
            StartedCalls.discard(process);
        }
    }

    @Test
    void killsAtTheCloseWhatAnyCallStarted() throws Exception {
        try (StartedCalls running = StartedCalls.ofScript(HIDES);
                StartedCalls ended = StartedCalls.ofScript("hides-deep.sh 10")) {
            CallProcess first = running.ready();
            CallProcess second = running.ready();
            CallProcess third = ended.ready();
            StartedCalls.ended(third);

            running.calls().close();
            assertThat(StartedCalls.ended(first)).isEqualTo(new Signalled(9));
            assertThat(StartedCalls.ended(second)).isEqualTo(new Signalled(9));
            Eventually.isTrue("nothing runs", () -> running.processes().isEmpty());
            assertThat(ended.processes()).hasSizeGreaterThan(30);

            ended.calls().close();
            Eventually.isTrue("nothing is left", () -> ended.processes().isEmpty());
            for (CallProcess process : List.of(first, second, third)) {
                StartedCalls.discard(process);
            }
        }
    }

    @Test
    void startsNothingAfterTheClose() throws Exception {
        try (StartedCalls calls = StartedCalls.of("sleep 600")) {
            calls.calls().close();

            assertThatExceptionOfType(FunctionFailedException.class)
                    .isThrownBy(() -> calls.start(Map.of()))
                    .withMessage("cannot start \"sleep\": the watchdog stops");
            assertThat(calls.processes()).isEmpty();
        }
    }
}
