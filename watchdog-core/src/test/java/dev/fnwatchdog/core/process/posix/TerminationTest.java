package dev.fnwatchdog.core.process.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import dev.fnwatchdog.core.process.posix.Termination.TimedOut;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TerminationTest {
    /** Proves specification 4.17. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 127, 128, 160, 255})
    void aStatusOutsideOfTheRangeOfSignalsIsAnExitStatus(int status) {
        assertThat(Termination.ofStatus(status)).isEqualTo(new Exited(status));
        assertThat(Termination.ofStatus(status).describe()).isEqualTo("exit status " + status);
    }

    /** Proves specification 4.17. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "129, hangup",
        "130, interrupt",
        "131, quit",
        "132, illegal instruction",
        "133, trace/breakpoint trap",
        "134, aborted",
        "135, bus error",
        "136, floating point exception",
        "137, killed",
        "138, user defined signal 1",
        "139, segmentation fault",
        "140, user defined signal 2",
        "141, broken pipe",
        "142, alarm clock",
        "143, terminated",
        "144, stack fault",
        "145, child exited",
        "146, continued",
        "147, stopped (signal)",
        "148, stopped",
        "149, stopped (tty input)",
        "150, stopped (tty output)",
        "151, urgent I/O condition",
        "152, CPU time limit exceeded",
        "153, file size limit exceeded",
        "154, virtual timer expired",
        "155, profiling timer expired",
        "156, window changed",
        "157, I/O possible",
        "158, power failure",
        "159, bad system call",
    })
    void aStatusFrom129To159IsASignalNamedAsInGo(int status, String name) {
        assertThat(Termination.ofStatus(status)).isEqualTo(new Signalled(status - 128));
        assertThat(Termination.ofStatus(status).describe()).isEqualTo("signal: " + name);
    }

    @Test
    void aTimedOutProcessIsDescribedAsKilled() {
        assertThat(new TimedOut().describe()).isEqualTo("signal: killed");
    }

    @Test
    void aSignalWithoutANameIsDescribedByItsNumber() {
        assertThat(new Signalled(34).describe()).isEqualTo("signal: signal 34");
    }
}
