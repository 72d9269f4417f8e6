package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The functions under {@code src/test/functions}; the servers among them are as their languages' users write them. */
enum RealFunction {
    EXPRESS("node", "app.js"),
    WEB_SOCKET("node", "echo.js"),
    WEB_SOCKET_CASES("node", "cases.js"),
    PYTHON("python3", "app.py"),
    JDK(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "App.java"),
    PRINTS("sh", "prints.sh");

    private static final Path SOURCES = Path.of("src", "test", "functions").toAbsolutePath();
    private static final Path INSTALLED =
            Path.of("target", "test-functions", "node").toAbsolutePath();
    private static final int INSTALL_MINUTES = 5;

    private final String program;
    private final String file;

    RealFunction(String program, String file) {
        this.program = program;
        this.file = file;
    }

    /** What {@code fprocess} is set to; whatever it needs is installed first, or the test skipped. */
    String command(int port) {
        Path folder = program.equals("node") ? installed() : SOURCES;
        return "'%s' '%s' %d".formatted(program, folder.resolve(file), port);
    }

    /** The functions in Node with their packages: installed once for each state of the lock file. */
    private static synchronized Path installed() {
        try {
            Files.createDirectories(INSTALLED);
            copySources();
            Path lock = INSTALLED.resolve("package-lock.json");
            Path done = INSTALLED.resolve("installed.json");
            if (!Files.exists(done) || Files.mismatch(lock, done) >= 0) {
                install();
                Files.copy(lock, done, StandardCopyOption.REPLACE_EXISTING);
            }
            return INSTALLED;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copySources() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES.resolve("node"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, INSTALLED.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void install() throws IOException {
        RequiredProgram.require("npm", "the functions in Node are not tested");
        RequiredProgram.require("node", "the functions in Node are not tested");
        Path printed = INSTALLED.resolve("npm.log");
        Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                .directory(INSTALLED.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                throw new IllegalStateException("npm ci failed: " + Files.readString(printed));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("npm ci was broken off", e);
        } finally {
            npm.destroyForcibly();
        }
    }
}
