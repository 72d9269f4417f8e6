package dev.fnwatchdog.core.process.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.CommandLine;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandInProcessTest {
    /** Proves specification 14.3. */
    @ParameterizedTest
    @CsvSource({"false, ''", "true, 'Status: 200 OK\r\nContent-Type: text/plain\r\n\r\n'"})
    void theProcessWaitsForInputCopiesItAndEndsWithIt(boolean cgi, String head) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        String command = StandInProcess.command(java, System.getProperty("java.class.path"), cgi);
        Process process = new ProcessBuilder(CommandLine.parse(command).words()).start();
        try {
            process.getOutputStream().write("trained".getBytes(UTF_8));
            process.getOutputStream().close();

            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo(head + "trained");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
