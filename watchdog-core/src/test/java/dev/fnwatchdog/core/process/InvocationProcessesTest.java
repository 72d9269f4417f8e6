package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fnwatchdog.core.fixture.OpenPipe;
import dev.fnwatchdog.core.fixture.RunningFunction;
import dev.fnwatchdog.core.fixture.StartedInvocations;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs({OS.LINUX, OS.MAC})
class InvocationProcessesTest {
    @TempDir
    private Path folder;

    /** Proves specification 4.1, 4.5. */
    @Test
    void theVariablesOfTheRequestAndAnIdAreAddedToTheEnvironment() throws Exception {
        try (StartedInvocations invocations =
                StartedInvocations.of("env", Map.of("PATH", System.getenv("PATH"), "Http_A", "own"))) {
            assertThat(invocations
                            .output(Map.of("Http_Path", "/a b=c\nd", "Http_B", ""))
                            .split("\n", -1))
                    .contains("PATH=" + System.getenv("PATH"), "Http_A=own", "Http_Path=/a b=c", "d", "Http_B=")
                    .anyMatch(line -> line.matches("Watchdog_Call=.+"))
                    .hasSize(8);
            assertThat(invocations.output(Map.of("Http_A", "the request's"))).contains("Http_A=the request's\n");
            assertThat(invocations.output(Map.of())).contains("Http_A=own\n");
        }
    }

    /** Proves specification 4.1, 4.5. */
    @Test
    void eachInvocationHasItsOwnId() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("sh -c 'echo $Watchdog_Call'")) {
            assertThat(invocations.output(Map.of())).isNotEqualTo(invocations.output(Map.of()));
        }
    }

    /** Proves specification 4.3. */
    @Test
    void aRequestReplacesNoVariableThatDoesNotBeginWithHttp() throws Exception {
        Map<String, String> environment = Map.of("PATH", System.getenv("PATH"), "A", "own");
        try (StartedInvocations invocations = StartedInvocations.of("env", environment)) {
            assertThat(invocations.output(
                            Map.of("A", "forged", "Watchdog_Call", "forged", "Http_B", "b", "X", "forged")))
                    .contains("A=own\n", "Http_B=b\n")
                    .doesNotContain("forged");
        }
    }

    @Test
    void theBytesOfARequestsVariableArePassedOn() throws Exception {
        assumeThat(System.getProperty("sun.jnu.encoding")).isEqualTo("UTF-8");
        try (StartedInvocations invocations =
                StartedInvocations.of("env", Map.of("PATH", System.getenv("PATH"), "OWN", "\u20ac"))) {
            assertThat(invocations.output(Map.of("Http_A", "\u00c3\u00a9")))
                    .contains("Http_A=\u00c3\u00a9\n", "OWN=\u00e2\u0082\u00ac\n");
        }
    }

    @Test
    void theArgumentsOfACommandArePassedOnUnchanged() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("printf '%s|' a 'b c' '' '$HOME' \"\\\"\"")) {
            assertThat(invocations.output(Map.of())).isEqualTo("a|b c||$HOME|\"|");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 255})
    void theExitStatusOfAnInvocationIsReported(int status) throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript("exits.sh " + status)) {
            InvocationProcess process = invocations.start();
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(status));
            StartedInvocations.discard(process);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"KILL, 9", "TERM, 15", "SEGV, 11"})
    void theSignalThatEndsAnInvocationIsReported(String name, int number) throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript("kills-itself.sh " + name)) {
            InvocationProcess process = invocations.start();
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Signalled(number));
            StartedInvocations.discard(process);
        }
    }

    @Test
    void anInvocationHasStandardInputOutputAndError() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("sh -c 'cat; echo error >&2'")) {
            InvocationProcess process = invocations.start();
            process.input().write("input".getBytes(US_ASCII));
            process.input().close();

            assertThat(process.output().readAllBytes()).asString().isEqualTo("input");
            assertThat(process.errors().readAllBytes()).asString().isEqualTo("error\n");
            StartedInvocations.discard(process);
        }
    }

    @Test
    void theStandardErrorOfAnInvocationIsMergedIntoItsOutputOnDemand() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("sh -c 'echo 1; echo 2 >&2; echo 3'")) {
            InvocationProcess process = invocations.invocationProcesses().start(Map.of(), new Stdio.Pipes(true));
            assertThat(StartedInvocations.output(process)).isEqualTo("1\n2\n3\n");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theStreamsOfAnInvocationAreTheGivenDescriptors() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("sh -c 'cat; echo error >&2'");
                OpenPipe input = OpenPipe.open();
                OpenPipe output = OpenPipe.open();
                OpenPipe errors = OpenPipe.open()) {
            assertThat(invocations.invocationProcesses().passesDescriptors()).isTrue();
            // Non-blocking, as an event loop uses them: the child process must still see blocking streams.
            input.source().configureBlocking(false);
            output.sink().configureBlocking(false);
            InvocationProcess process = invocations
                    .invocationProcesses()
                    .start(
                            Map.of(),
                            new Stdio.Descriptors(input.sourceNumber(), output.sinkNumber(), errors.sinkNumber()));
            input.source().close();
            output.sink().close();
            errors.sink().close();
            input.sink().write(ByteBuffer.wrap(new byte[] {'a', 'b'}));
            input.sink().close();

            assertThat(output.read()).isEqualTo("ab");
            assertThat(errors.read()).isEqualTo("error\n");
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(0));
        }
    }

    /** Proves specification 4.7. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theOutputOfAnInvocationEndsWhenNoProcessHoldsItAnyMore() throws Exception {
        try (StartedInvocations invocations =
                        StartedInvocations.of("sh -c 'exec 3<&0; (read line <&3; echo $line) & exit 3'");
                OpenPipe input = OpenPipe.open();
                OpenPipe output = OpenPipe.open()) {
            InvocationProcess process = invocations
                    .invocationProcesses()
                    .start(
                            Map.of(),
                            new Stdio.Descriptors(input.sourceNumber(), output.sinkNumber(), output.sinkNumber()));
            output.sink().close();

            // Its end is reported while a process that it left behind has yet to print.
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(3));
            input.sink().write(ByteBuffer.wrap(new byte[] {'a', '\n'}));
            assertThat(output.read()).isEqualTo("a\n");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void anInvocationStartsThoughTheOtherEndsOfItsPipesAreClosed() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("cat");
                OpenPipe input = OpenPipe.open();
                OpenPipe output = OpenPipe.open()) {
            input.sink().close();
            output.source().close();
            InvocationProcess process = invocations
                    .invocationProcesses()
                    .start(
                            Map.of(),
                            new Stdio.Descriptors(input.sourceNumber(), output.sinkNumber(), output.sinkNumber()));

            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(0));
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void anInvocationInheritsNoOtherDescriptorOfTheWatchdog() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("ls /proc/self/fd");
                OpenPipe other = OpenPipe.open()) {
            // ls itself reads the folder through 3.
            assertThat(invocations.output(Map.of())).isEqualTo("0\n1\n2\n3\n");
            assertThat(other.sourceNumber()).isGreaterThan(3);
        }
    }

    @Test
    void theStandardStreamsOfTheWatchdogAreRefusedAsDescriptors() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Stdio.Descriptors(3, 4, 2));
    }

    /** Proves specification 4.8. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "nosuch --flag, nosuch, no such file or directory",
        "/no/such/file, /no/such/file, no such file or directory",
        "src/test/functions/exits.sh 0, src/test/functions/exits.sh, permission denied",
    })
    void anInvocationThatCannotBeStartedIsReportedWithCommandAndReason(String command, String program, String reason) {
        try (StartedInvocations invocations = StartedInvocations.of(command)) {
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(FunctionFailedException.class)
                        .isThrownBy(invocations::start)
                        .withMessage("cannot start \"" + program + "\": " + reason)
                        .matches(failure -> !failure.tooLong());
            }
        }
    }

    /** Proves specification 4.3. */
    @ParameterizedTest
    @ValueSource(ints = {1, 40})
    @EnabledOnOs(OS.LINUX)
    void anInvocationWhoseEnvironmentIsTooLongIsReportedAsSuch(int variables) throws Exception {
        Map<String, String> many = new HashMap<>();
        for (int i = 0; i < variables; i++) {
            many.put("Http_" + i, "x".repeat(variables == 1 ? 200_000 : 100_000));
        }
        try (StartedInvocations invocations = StartedInvocations.of("true")) {
            assertThatExceptionOfType(FunctionFailedException.class)
                    .isThrownBy(() -> invocations.start(many))
                    .withMessage("cannot start \"true\": argument list too long")
                    .matches(FunctionFailedException::tooLong);
            assertThat(StartedInvocations.ended(invocations.start())).isEqualTo(new Exited(0));
        }
    }

    @Test
    void aCommandThatHasMovedIsFoundAgain() throws Exception {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Path target = Path.of(Executable.find("true", RunningFunction.path()));
        try (StartedInvocations invocations = StartedInvocations.of("moving", Map.of("PATH", first + ":" + second))) {
            assertThatExceptionOfType(FunctionFailedException.class).isThrownBy(invocations::start);

            Files.createSymbolicLink(second.resolve("moving"), target);
            assertThat(StartedInvocations.ended(invocations.start())).isEqualTo(new Exited(0));

            Files.createSymbolicLink(first.resolve("moving"), target);
            Files.delete(second.resolve("moving"));
            assertThat(StartedInvocations.ended(invocations.start())).isEqualTo(new Exited(0));

            Files.delete(first.resolve("moving"));
            assertThatExceptionOfType(FunctionFailedException.class)
                    .isThrownBy(invocations::start)
                    .withMessage("cannot start \"moving\": no such file or directory");
        }
    }
}
