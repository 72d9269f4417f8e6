package dev.fnwatchdog.core.process.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LaunchFailedExceptionTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Cannot run program \"x\": error=7, Argument list too long | argument list too long",
                "Cannot run program \"x\": Exec failed, error: 7 (Argument list too long) | argument list too long",
                "Cannot run program \"error=1, x\": error=13, Permission denied | permission denied",
                "Cannot run program \"x\" (in directory \"/y\"): error=2, No such file or directory"
                        + " | no such file or directory",
                "Something else | Something else",
            })
    void theReasonOfAFailedLaunchIsThatOfTheSystemWithoutTheTextOfTheJdk(String message, String reason) {
        assertThat(LaunchFailedException.of(new IOException(message))).hasMessage(reason);
    }
}
