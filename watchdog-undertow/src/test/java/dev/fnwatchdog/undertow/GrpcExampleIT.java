package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands in the README of the gRPC example. */
class GrpcExampleIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** The first build downloads the compiler of Protocol Buffers. */
    private static final int BUILD_MINUTES = 5;

    @TempDir
    private Path folder;

    @SuppressWarnings("NullAway.Init") // before each test
    private List<String> commands;

    @BeforeEach
    void readCommands() throws Exception {
        // The lines inside of a block begin with the program or its settings.
        commands = Files.readAllLines(ROOT.resolve("examples/grpc/README.md")).stream()
                .filter(line -> line.startsWith("./mvnw ") || line.startsWith("java "))
                .toList();
    }

    @Test
    @Timeout((BUILD_MINUTES + 2) * 60)
    void theCommandsOfTheReadmeBuildServeAndCallTheFunction() throws Exception {
        assertThat(commands).hasSize(2);
        String[] buildAndServe = commands.get(0).split(" && ", -1);
        assertThat(buildAndServe).hasSize(2);
        assertThat(run(buildAndServe[0])).isEmpty();

        String serve = buildAndServe[1].replace("50051", Integer.toString(FreePort.any()));
        try (PackagedWatchdog watchdog = PackagedWatchdog.with("port", "0", "metrics_port", "0")
                .program(script("exec env " + serve))
                .startReady()) {
            String call = commands.get(1).replace("localhost:8080", "localhost:" + watchdog.port());

            assertThat(run(call)).isEqualTo("hello, Ada\n");
        }
    }

    private String run(String command) throws Exception {
        Process process = new ProcessBuilder(script(command).toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } finally {
            process.destroyForcibly();
        }
    }

    /** Returns a program that runs the command as a user does, with this JDK. */
    private Path script(String command) throws Exception {
        Path home = Path.of(System.getProperty("java.home"));
        Path script = Files.createTempFile(folder, "command", ".sh");
        Files.writeString(script, """
                        #!/bin/sh
                        export JAVA_HOME='%s'
                        PATH="$JAVA_HOME/bin:$PATH"
                        cd '%s' || exit
                        %s
                        """.formatted(home, ROOT, command));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }
}
