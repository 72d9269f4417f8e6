package dev.fnwatchdog.core.process.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.core.fixture.BytesProgram;
import dev.fnwatchdog.core.fixture.ChildJvm;
import dev.fnwatchdog.core.fixture.Eventually;
import dev.fnwatchdog.core.fixture.InvocationProgram;
import dev.fnwatchdog.core.fixture.StartedInvocations;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the native launcher does beyond the launcher of the JDK. */
@EnabledOnOs(OS.LINUX)
@EnabledForJreRange(minVersion = 22)
class NativeLauncherTest {
    @TempDir
    private Path folder;

    @Test
    void theNativeLauncherIsAvailableOnLinuxWithJdk22() {
        assertThat(NativeLauncher.available()).isTrue();
    }

    @Test
    void withoutNativeAccessTheJdkStartsProcessesAndNoWarningIsPrinted() throws Exception {
        assertThat(ChildJvm.run(ChildJvm.command(InvocationProgram.class, List.of())))
                .isEqualTo("a\nexit status 3\nby the JDK\n");
        assertThat(ChildJvm.run(ChildJvm.command(InvocationProgram.class, ChildJvm.nativeAccess())))
                .isEqualTo("a\nexit status 3\nnative\n");
    }

    @Test
    void theBytesOfAnInheritedVariableAreKept() throws Exception {
        // The shell sets bytes that no JVM could set; the JVM runs with an encoding that lacks these characters.
        String command = String.join(" ", ChildJvm.command(BytesProgram.class, ChildJvm.nativeAccess()));
        assertThat(ChildJvm.run(
                        List.of("sh", "-c", "LC_ALL=C INHERITED=\"$(printf 'a\\377\\303\\251')\" exec " + command)))
                .isEqualTo("61 ff c3 a9\n");
    }

    /** Proves specification 4.17. */
    @ParameterizedTest
    @ValueSource(ints = {129, 137, 143, 159})
    void anExitStatusAbove128IsNotReportedAsASignal(int status) throws Exception {
        try (StartedInvocations invocations = StartedInvocations.ofScript("exits.sh " + status)) {
            InvocationProcess process = invocations.start();
            assertThat(StartedInvocations.ended(process)).isEqualTo(new Exited(status));
            StartedInvocations.discard(process);
        }
    }

    @Test
    void aProcessStartsInASessionOfItsOwn() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("sleep 600")) {
            InvocationProcess process = invocations.start();
            assertThat(ProcessTable.ofThisSystem().entry(process.pid()).orElseThrow())
                    .returns(process.pid(), ProcessTable.Entry::session)
                    .returns(ProcessHandle.current().pid(), ProcessTable.Entry::parent);
            StartedInvocations.discard(process);
        }
    }

    @Test
    void aProcessStartsWithNoSignalBlockedOrIgnored() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("grep -E '^Sig(Blk|Ign)' /proc/self/status")) {
            assertThat(invocations.output(Map.of()).lines()).hasSize(2).allSatisfy(line -> {
                // The higher bits are the signals that the C library uses itself.
                long signals = Long.parseUnsignedLong(line.split("\t", 2)[1], 16) & 0x7FFF_FFFF;
                assertThat(signals).as(line).isZero();
            });
        }
    }

    @Test
    void aProcessThatForksWhileItIsKilledLeavesNothingBehind() throws Exception {
        for (int i = 0; i < 5; i++) {
            try (StartedInvocations invocations = StartedInvocations.ofScript("forks-unmarked.sh 1000")) {
                InvocationProcess process = invocations.ready();
                Eventually.isTrue("some", () -> invocations.processes().size() > 20);
                process.kill();

                assertThat(StartedInvocations.ended(process)).isEqualTo(new Signalled(9));
                Eventually.isTrue(
                        "nothing is left", () -> invocations.processes().isEmpty());
                StartedInvocations.discard(process);
            }
        }
    }

    @Test
    void theBytesOfAVariableThatAreNotTextArePassedOn() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("env")) {
            assertThat(invocations.output(Map.of("Http_A", "\u00ff\u00fe"))).contains("Http_A=\u00ff\u00fe\n");
        }
    }

    @Test
    void aProcessGetsTheProgramNameAsTheCommandHasIt() throws Exception {
        try (StartedInvocations invocations = StartedInvocations.of("cat /proc/self/cmdline")) {
            assertThat(invocations.output(Map.of())).isEqualTo("cat\0/proc/self/cmdline\0");
        }
    }

    @Test
    void aScriptWithoutAnInterpreterLineIsRunByTheShell() throws Exception {
        Path script = program("echo \"$0\" \"$1\"\n".getBytes(StandardCharsets.US_ASCII));
        try (StartedInvocations invocations = StartedInvocations.of(script + " a")) {
            assertThat(invocations.output(Map.of())).isEqualTo(script + " a\n");
            assertThat(invocations.output(Map.of())).isEqualTo(script + " a\n");
        }
    }

    @Test
    void aProgramForAnotherMachineIsRefused() throws Exception {
        Path binary = program(new byte[] {0x7F, 'E', 'L', 'F', 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        try (StartedInvocations invocations = StartedInvocations.of(binary.toString())) {
            assertThatExceptionOfType(FunctionFailedException.class)
                    .isThrownBy(invocations::start)
                    .withMessage("cannot start \"" + binary + "\": exec format error");
        }
    }

    private Path program(byte[] content) throws Exception {
        Path file = Files.createFile(
                folder.resolve("program"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // Another process writes the file: children of other tests may briefly inherit what this JVM has open to write.
        Path source = Files.write(folder.resolve("content"), content);
        new ProcessBuilder("cp", "--no-preserve=mode", source.toString(), file.toString())
                .start()
                .waitFor();
        return file;
    }
}
