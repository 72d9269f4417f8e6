package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** These tests never start the files that they write. */
class ExecutableTest {
    @TempDir
    private Path first;

    @TempDir
    private Path second;

    private Map<String, String> environment = Map.of();

    @BeforeEach
    void setPath() {
        environment = Map.of("PATH", first + "::" + second);
    }

    @Test
    void theFirstExecutableFileOnThePathIsFound() throws Exception {
        write(first.resolve("tool"), "", false);
        Files.createDirectory(first.resolve("folder"));
        write(second.resolve("tool"), "", true);
        write(second.resolve("folder"), "", true);

        assertThat(Executable.find("tool", environment)).isEqualTo(second + "/tool");
        assertThat(Executable.find("folder", environment)).isEqualTo(second + "/folder");
        assertThat(Executable.findIfPresent("tool", environment)).contains(second + "/tool");
    }

    @Test
    void withoutPathAProgramIsSearchedOnTheDefaultPath() throws Exception {
        assertThat(Executable.find("sh", Map.of())).endsWith("/sh");
    }

    /** Proves specification 4.8. */
    @Test
    void aProgramThatIsNotOnThePathIsReportedAsNoSuchFile() {
        refused("nosuch", "no such file or directory");
        assertThat(Executable.findIfPresent("nosuch", environment)).isEmpty();
    }

    /** Proves specification 4.8. */
    @Test
    void aFileOnThePathThatMayNotBeExecutedIsReportedAsPermissionDenied() throws Exception {
        write(first.resolve("tool"), "", false);

        refused("tool", "permission denied");
        assertThat(Executable.findIfPresent("tool", environment)).isEmpty();
    }

    @Test
    void aProgramIsNotSearchedInTheCurrentFolder() {
        assertThat(Path.of("pom.xml")).exists();

        refused("pom.xml", "no such file or directory");
    }

    @Test
    void aProgramThatIsGivenAsAPathIsNotSearched() throws Exception {
        Path tool = write(first.resolve("tool"), "", true);

        assertThat(Executable.find(tool.toString(), Map.of("PATH", ""))).isEqualTo(tool.toString());
        refused(first + "/nosuch", "no such file or directory");
        refused(write(first.resolve("plain"), "", false).toString(), "permission denied");
        refused(first.toString(), "permission denied");
        refused(first + "/tool/below", "no such file or directory");
        refused("./nosuch", "no such file or directory");
    }

    @Test
    void aScriptWhoseInterpreterCannotBeExecutedIsRefused() throws Exception {
        Path nosuch = write(first.resolve("nosuch.sh"), "#! /no/such/interpreter -x\n", true);
        Path dos = write(first.resolve("dos.sh"), "#!/bin/sh\r\necho hello\r\n", true);
        Path denied = write(first.resolve("denied.sh"), "#!" + write(first.resolve("plain"), "", false), true);

        refused(nosuch.toString(), "no such file or directory (its interpreter, \"/no/such/interpreter\")");
        refused(dos.toString(), "no such file or directory (its interpreter, \"/bin/sh\\r\")");
        refused(denied.toString(), "permission denied (its interpreter, \"" + first + "/plain\")");
    }

    @Test
    void aScriptOnThePathIsFoundLikeAnyProgram() throws Exception {
        Path script = write(first.resolve("script"), "#!/bin/sh -e\necho hello\n", true);
        Path env = write(first.resolve("env"), "#!\t/usr/bin/env nosuch\n", true);
        Path bare = write(first.resolve("bare"), "echo hello\n", true);

        assertThat(Executable.find("script", environment)).isEqualTo(script.toString());
        assertThat(Executable.find("env", environment)).isEqualTo(env.toString());
        assertThat(Executable.find("bare", environment)).isEqualTo(bare.toString());
    }

    private void refused(String program, String reason) {
        assertThatExceptionOfType(FunctionFailedException.class)
                .isThrownBy(() -> Executable.find(program, environment))
                .withMessage("cannot start \"" + program + "\": " + reason);
    }

    private static Path write(Path file, String text, boolean executable) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(executable)).isTrue();
        return file;
    }
}
