package dev.fnwatchdog.maven.manifest;

import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The programs that read manifests: the schemas of Kubernetes in Python's kubernetes-validate, and the parsers of OpenFaaS
 * and of Docker Compose in Go. Where they cannot be had, the test is skipped on a developer's machine, and fails where
 * {@code CI} is true.
 */
final class ManifestReaders {
    private static final String SCHEMAS = "kubernetes-validate==1.37.0";
    private static final Path FOLDER = Path.of("target", "manifest-readers").toAbsolutePath();
    private static final Path PYTHON = FOLDER.resolve("python");
    private static final Path PARSER = FOLDER.resolve("parser");
    private static final Path GO_SOURCES =
            Path.of("src", "test", "go", "manifests").toAbsolutePath();
    private static final int MINUTES = 5;

    private ManifestReaders() {}

    /** Returns what the schemas of a version of Kubernetes say against a file, a line for each document; empty if nothing. */
    static String kubernetes(String version, Path file) throws IOException {
        installSchemas();
        ProcessBuilder python = new ProcessBuilder(
                program("python3"), "-m", "kubernetes_validate", "--strict", "-k", version, file.toString());
        python.environment().put("PYTHONPATH", PYTHON.toString());
        Path printed = FOLDER.resolve("python.log");
        return execute(python, printed) == 0 ? "" : Files.readString(printed);
    }

    /** Returns what the parsers of {@code faas-cli} and of Docker Compose read, as {@code stack} and {@code compose}. */
    static JsonNode parsed(Path stack, Path compose) throws IOException {
        buildParser();
        Path printed = FOLDER.resolve("parser.json");
        if (execute(new ProcessBuilder(PARSER.toString(), stack.toString(), compose.toString()), printed) != 0) {
            throw new AssertionError(Files.readString(printed));
        }
        return new ObjectMapper().readTree(printed.toFile());
    }

    private static synchronized void installSchemas() throws IOException {
        if (Files.isDirectory(PYTHON)) {
            return;
        }
        Path part = FOLDER.resolve("python.part");
        ProcessBuilder pip = new ProcessBuilder(
                program("python3"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--upgrade",
                "--target",
                part.toString(),
                SCHEMAS);
        Path printed = Files.createDirectories(FOLDER).resolve("pip.log");
        if (execute(pip, printed) != 0) {
            missing("%s cannot be installed, the schemas of Kubernetes are not checked: %s"
                    .formatted(SCHEMAS, Files.readString(printed)));
        }
        Files.move(part, PYTHON);
    }

    private static synchronized void buildParser() throws IOException {
        if (Files.exists(PARSER)) {
            return;
        }
        ProcessBuilder go = new ProcessBuilder(program("go"), "build", "-o", PARSER.toString(), ".");
        Path printed = Files.createDirectories(FOLDER).resolve("go.log");
        if (execute(go.directory(GO_SOURCES.toFile()), printed) != 0) {
            missing("the parsers of OpenFaaS and Compose cannot be built, their files are not checked: "
                    + Files.readString(printed));
        }
    }

    private static String program(String name) {
        for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(folder, name))) {
                return name;
            }
        }
        return missing(name + " is not installed, manifests are not checked with it");
    }

    private static int execute(ProcessBuilder command, Path printed) throws IOException {
        Process process = command.redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException(
                        List.copyOf(command.command()) + " runs for too long: " + Files.readString(printed));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String missing(String reason) {
        if (Boolean.parseBoolean(System.getenv("CI"))) {
            throw new IllegalStateException(reason);
        }
        System.err.println(reason);
        return abort(reason);
    }
}
