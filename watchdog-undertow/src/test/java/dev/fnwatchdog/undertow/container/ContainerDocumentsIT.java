package dev.fnwatchdog.undertow.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Container;
import dev.fnwatchdog.undertow.fixture.DocumentedFiles;
import dev.fnwatchdog.undertow.fixture.MavenProject;
import dev.fnwatchdog.undertow.fixture.Podman;
import dev.fnwatchdog.undertow.fixture.RequiredProgram;
import dev.fnwatchdog.undertow.fixture.StandInBase;
import dev.fnwatchdog.undertow.fixture.WatchdogRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Builds and runs the Dockerfiles of docs/containers.md and docs/images.md as they are shown, on images that stand in for
 * those of registries: programs of this machine, and the JDK of the tests.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ContainerDocumentsIT {
    private static final Path ROOT = MavenProject.root();
    private static final String JDK = System.getProperty("java.home");
    private static final String FROM_ARCHIVE = "dev\\.fnwatchdog\\.undertow\\.%s source: shared objects file";
    private static final String[] JDK_IS_MOUNTED = {"--volume", JDK + ":" + JDK + ":ro"};
    private static final List<String> BASES = List.of(
            "node:22-slim",
            "python:3.13-slim",
            "php:8-cli",
            "debian:bookworm-slim",
            "eclipse-temurin:25-jdk",
            "eclipse-temurin:25-jre");
    // What the Dockerfiles run.
    private static final List<String> PROGRAMS = List.of(
            "sh", "cat", "chmod", "cp", "dirname", "env", "find", "grep", "ls", "mkdir", "mktemp", "paste", "rm", "sed",
            "sleep", "touch", "tr", "node", "php", "python3");

    @TempDir
    private static Path store;

    @SuppressWarnings("NullAway.Init") // before all tests
    private static Podman podman;

    @BeforeAll
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    static void buildTheImageOfTheWatchdog(@TempDir Path base) throws Exception {
        podman = Podman.in(store);
        for (String language : List.of("node", "php", "python3")) {
            RequiredProgram.require(language, "no container is built or run");
        }
        StandInBase.make(base, PROGRAMS);
        // As in eclipse-temurin:25-jre.
        WatchdogRuntime.link(base.resolve("opt/java/openjdk"));
        podman.importImage(base, BASES, "ENV JAVA_HOME=" + JDK);
        podman.build("watchdog", ROOT.resolve("docker/Dockerfile"), ROOT, JDK_IS_MOUNTED);
    }

    @AfterAll
    @Timeout(value = 1, unit = TimeUnit.MINUTES)
    static void deleteImages() throws Exception {
        if (podman != null) {
            podman.close();
        }
    }

    /** Proves specification 11.1 and 11.2. */
    @ParameterizedTest
    @ValueSource(strings = {"### Node", "### Python", "### PHP", "### A shell script"})
    void theFunctionOfEachLanguageIsBuiltServedProbedAndStopped(String heading, @TempDir Path context)
            throws Exception {
        DocumentedFiles.write("docs/containers.md", heading, context);
        podman.build("hello", context.resolve("Dockerfile"), context);

        try (Container container = podman.start("hello")) {
            container.awaitReady();

            assertThat(container.curl("--data", "Ada", "http://127.0.0.1:8080/"))
                    .isEqualTo("Hello, Ada!\n");
            assertThat(container.curl("http://127.0.0.1:8081/metrics"))
                    .contains("http_requests_total{code=\"200\",method=\"post\"} 1");
            container.exec("sh", "-c", "[ -e /tmp/.lock ] || exit 1");
            container.exec("fwatchdog", "--run-healthcheck");
            assertThat(container.exec("sh", "-c", "tr '\\0' ' ' </proc/1/cmdline"))
                    .startsWith("/usr/lib/watchdog/java/bin/java @/usr/lib/watchdog/start");
            assertThat(container.stop()).as(container.logs()).isZero();
        }
    }

    /** Proves specification 14.1 and 14.3. */
    @ParameterizedTest
    @EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "the Dockerfiles have an option of Java 25")
    @ValueSource(strings = {"### Node", "### Python"})
    void aFunctionInAnImageWithJavaIsServedByAWatchdogWithAnArchive(String heading, @TempDir Path context)
            throws Exception {
        DocumentedFiles.write("docs/containers.md", heading, context);
        DocumentedFiles.write("docs/containers.md", heading + " with a Java of the image", context);
        Files.copy(Path.of(System.getProperty("watchdog.jar")), context.resolve("watchdog.jar"));
        podman.build("hello", context.resolve("Dockerfile"), context);

        try (Container container = podman.start("hello")) {
            container.awaitReady();

            assertThat(container.curl("--data", "Ada", "http://127.0.0.1:8080/"))
                    .isEqualTo("Hello, Ada!\n");
            assertThat(container.stop()).as(container.logs()).isZero();
        }
        assertThat(loaded("hello")).containsPattern(FROM_ARCHIVE.formatted("Main"));
    }

    /** Proves specification 14.1. */
    @Test
    void theArchiveOfTheWatchdogsImageIsReplacedByOneForAnotherMode(@TempDir Path context) throws Exception {
        DocumentedFiles.write("docs/containers.md", "### A shell script", context);
        Path dockerfile = context.resolve("Dockerfile");
        Matcher line = Pattern.compile("(?m)^RUN fwatchdog --archive .*$")
                .matcher(Files.readString(ROOT.resolve("docs/containers.md")));
        assertThat(line.find()).isTrue();
        String archive = Runtime.version().feature() < 25 ? line.group().replace(".aot", ".jsa") : line.group();
        // USER stands in front of the settings there.
        Files.writeString(
                dockerfile,
                Files.readString(dockerfile)
                        .replace("USER 12000\n", "")
                        .replace("EXPOSE", archive + "\nUSER 12000\nENV JDK_JAVA_OPTIONS=-Xlog:class+load\nEXPOSE"));
        podman.build("hello", dockerfile, context);

        try (Container container = podman.start("hello")) {
            container.awaitReady();

            assertThat(container.logs()).containsPattern(FROM_ARCHIVE.formatted("internal.fork.ForkMode"));
        }
    }

    private static String loaded(String image) throws Exception {
        return podman.runOnce("--env", "JDK_JAVA_OPTIONS=-Xlog:class+load", image, "--version");
    }

    /** Proves specification 11.1. */
    @Test
    void theImageHasNothingButTheScriptAndItsFolder(@TempDir Path folder) throws Exception {
        assertThat(podman.filesOf("watchdog", folder))
                .contains("usr/lib/watchdog/watchdog.jar", "usr/lib/watchdog/java/bin/java")
                .filteredOn(file -> !file.startsWith("usr/lib/watchdog/"))
                .containsExactly("fwatchdog");
    }

    /** Proves specification 11.6. */
    @Test
    void theArchiveOfClassesIsUsedAfterTheCopy(@TempDir Path context) throws Exception {
        DocumentedFiles.write("docs/containers.md", "### A shell script", context);
        podman.build("hello", context.resolve("Dockerfile"), context);

        assertThat(loaded("hello")).containsPattern(FROM_ARCHIVE.formatted("Main"));
    }

    @Test
    void theEntryPointForImagesWithoutAShellStartsTheWatchdog(@TempDir Path context) throws Exception {
        DocumentedFiles.write("docs/containers.md", "### A shell script", context);
        Path dockerfile = context.resolve("Dockerfile");
        Matcher entryPoint = Pattern.compile("`(ENTRYPOINT \\[\"/usr/lib/watchdog/.*?\\])`")
                .matcher(Files.readString(ROOT.resolve("docs/containers.md")));
        assertThat(entryPoint.find()).isTrue();
        Files.writeString(
                dockerfile,
                Files.readString(dockerfile)
                        .replaceAll("(?m)^COPY .* /fwatchdog .*$", "")
                        .replaceAll("(?m)^ENTRYPOINT .*$", Matcher.quoteReplacement(entryPoint.group(1))));
        podman.build("hello", dockerfile, context);

        assertThat(podman.runOnce("hello", "--version")).matches("\\d+\\.\\d+\\.\\d+\\S*\n");
    }

    /** The {@code jlink} of JDK 17 cannot make the archive. */
    @Tag("nightly")
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void theSmallBaseImageHasAnArchiveAndTheModulesOfTheWatchdog(@TempDir Path context) throws Exception {
        DocumentedFiles.write("docs/images.md", "## A small base image", context);
        podman.build("small", context.resolve("Dockerfile"), context, JDK_IS_MOUNTED);
        String jar = System.getProperty("watchdog.jar") + ":/watchdog.jar:ro";

        // Fails where there is no archive.
        podman.runOnce("small", "java", "-Xshare:on", "-version");
        assertThat(podman.runOnce(
                        "--volume",
                        jar,
                        "small",
                        "sh",
                        "-c",
                        "java -XX:ArchiveClassesAtExit=/tmp/app.jsa -jar /watchdog.jar --version && ls /tmp"))
                .contains("app.jsa");
        assertThat(podman.runOnce("small", "java", "--list-modules")
                        .replaceAll("@.*", "")
                        .lines())
                .containsAll(WatchdogRuntime.modules());
    }
}
