package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.maven.config.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.maven.artifact.Artifact;
import org.apache.maven.artifact.DefaultArtifact;
import org.apache.maven.artifact.handler.DefaultArtifactHandler;
import org.apache.maven.model.Build;
import org.apache.maven.model.Resource;
import org.apache.maven.plugin.logging.Log;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are saved while the function is served and built. */
class DevelopmentLoopTest {
    private static final int TIMEOUT_SECONDS = 20;
    private static final Map<String, String> ORIGINS = Map.of("port", "pom: <port>");
    private static final String ORIGINS_COMMAND = "origins port=pom%3A+%3Cport%3E";
    private static final long POLL_NANOS = 2_000_000;

    @TempDir
    private Path folder;

    /** The content of the sources at the beginning of each build. */
    private final BlockingQueue<String> begun = new LinkedBlockingQueue<>();

    /** How each build ends: the test hands the outcome over. */
    private final SynchronousQueue<String> outcomes = new SynchronousQueue<>();

    /** What is found when the project is read again: an error, or that its parameters are other ones, or wrong. */
    private volatile String description = "";

    private final AtomicInteger readings = new AtomicInteger();

    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final List<String> printed = new CopyOnWriteArrayList<>();
    private final Log log = new SystemStreamLog() {
        @Override
        public void info(CharSequence line) {
            printed.add(line.toString());
        }
    };
    private StandInWatchdog watchdog;
    private Thread loop;

    @BeforeEach
    void serve() throws Exception {
        Files.createDirectories(folder.resolve("src"));
        save("A", "0");
        save("B", "0");
        Files.writeString(folder.resolve("pom.xml"), "<project/>");
        watchdog = new StandInWatchdog(Files.createDirectory(folder.resolve("run")));
        DevelopmentLoop served = new DevelopmentLoop(
                new DevelopedProjects(List.of(project()), this::read),
                this::build,
                this::parametersChanged,
                Instant.now().plusSeconds(1),
                log);
        loop = new Thread(() -> {
            try {
                DevelopmentLoop.End end =
                        served.serve((variables, function) -> watchdog.launch(function, ORIGINS), false, () -> {});
                ended.complete(end.name());
            } catch (Exception e) {
                ended.complete(e.toString());
            }
        });
        loop.start();
    }

    private void buildFirstVersion() throws Exception {
        assertThat(awaitBuild()).isEqualTo("00");
        endBuild("version0");
        watchdog.awaitStart();
    }

    @AfterEach
    void end() throws Exception {
        loop.interrupt();
        ended.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    private List<MavenProject> read() throws CompilationFailedException {
        readings.incrementAndGet();
        if (description.startsWith("Malformed")) {
            throw new CompilationFailedException(description, false, new IllegalStateException(description));
        }
        return List.of(project());
    }

    private boolean parametersChanged() throws InvalidSettingsException {
        if (description.startsWith("wrong")) {
            throw new InvalidSettingsException(description);
        }
        return description.equals("other parameters");
    }

    private MavenProject project() {
        MavenProject project = new MavenProject();
        Artifact dependency = new DefaultArtifact(
                "it", "dependency", "1-SNAPSHOT", "compile", "jar", "", new DefaultArtifactHandler("jar"));
        dependency.setFile(
                folder.resolve("repository/dependency-1-SNAPSHOT.jar").toFile());
        project.setArtifacts(Set.of(dependency));
        Build build = new Build();
        build.setDirectory(folder.resolve("target").toString());
        build.setOutputDirectory(folder.resolve("target/classes").toString());
        project.setBuild(build);
        project.setFile(folder.resolve("pom.xml").toFile());
        project.addCompileSourceRoot(folder.resolve("src").toString());
        Resource resource = new Resource();
        resource.setDirectory(folder.resolve("resources").toString());
        resource.setTargetPath("texts");
        project.addResource(resource);
        return project;
    }

    private void save(String name, String text) throws Exception {
        Files.writeString(folder.resolve("src").resolve(name), text);
    }

    private Map<String, String> build() throws CompilationFailedException, IOException {
        begun.add(Files.readString(folder.resolve("src/A")) + Files.readString(folder.resolve("src/B")));
        String outcome = awaitOutcome();
        if (!outcome.startsWith("version")) {
            if (outcome.startsWith("no file")) {
                throw new IOException(outcome);
            }
            throw new CompilationFailedException(outcome, false, new IllegalStateException(outcome));
        }
        return Map.of("VERSION", outcome);
    }

    private String awaitOutcome() {
        try {
            return outcomes.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the test is over";
        }
    }

    private String awaitBuild() throws Exception {
        String found = begun.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        return found == null ? "no build has begun" : found;
    }

    private void endBuild(String outcome) throws Exception {
        assertThat(outcomes.offer(outcome, TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private void awaitCommands(String... commands) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (watchdog.commands().size() <= commands.length && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        // Before the first build's result: the page has them in any case.
        assertThat(watchdog.commands()).startsWith(ORIGINS_COMMAND);
        assertThat(watchdog.commands().stream().skip(1)).containsExactly(commands);
    }

    @Test
    void filesSavedDuringABuildCauseExactlyOneFurtherBuild() throws Exception {
        buildFirstVersion();
        save("A", "first");
        assertThat(awaitBuild()).isEqualTo("first0");
        save("A", "second");
        save("B", "second");
        save("A", "and third");
        endBuild("version1");

        assertThat(awaitBuild()).isEqualTo("and thirdsecond");
        endBuild("version2");
        awaitCommands("replace VERSION=version1", "replace VERSION=version2");

        // A further build would begin before this one.
        save("B", "later");
        assertThat(awaitBuild()).isEqualTo("and thirdlater");
        endBuild("version3");
        awaitCommands("replace VERSION=version1", "replace VERSION=version2", "replace VERSION=version3");
        assertThat(begun).isEmpty();
    }

    @Test
    void aFailedBuildIsReportedAndTheNextSavedFileIsBuilt() throws Exception {
        buildFirstVersion();
        save("A", "wrong");
        assertThat(awaitBuild()).isEqualTo("wrong0");
        endBuild("A:1: not a word");
        awaitCommands("fail A%3A1%3A+not+a+word");

        save("A", "right");
        assertThat(awaitBuild()).isEqualTo("right0");
        endBuild("version2");
        awaitCommands("fail A%3A1%3A+not+a+word", "replace VERSION=version2");
    }

    /** Proves specification 13.8. */
    @Test
    void aFirstBuildThatFailsIsReportedAndTheNextSavedFileIsBuilt() throws Exception {
        assertThat(awaitBuild()).isEqualTo("00");
        endBuild("A:1: not a word");
        watchdog.awaitStart();
        awaitCommands("fail A%3A1%3A+not+a+word");
        assertThat(watchdog.startedWith()).endsWith("--unbuilt");

        save("A", "right");
        assertThat(awaitBuild()).isEqualTo("right0");
        endBuild("version1");
        awaitCommands("fail A%3A1%3A+not+a+word", "replace VERSION=version1");
    }

    @Test
    void classesThatCannotBeCopiedAreReportedAndTheNextSavedFileIsBuilt() throws Exception {
        buildFirstVersion();
        save("A", "1st");
        assertThat(awaitBuild()).isEqualTo("1st0");
        endBuild("no file any more");
        awaitCommands("fail The+classes+cannot+be+copied%3A+java.io.IOException%3A+no+file+any+more");

        save("A", "second");
        assertThat(awaitBuild()).isEqualTo("second0");
        endBuild("version2");
        awaitCommands(
                "fail The+classes+cannot+be+copied%3A+java.io.IOException%3A+no+file+any+more",
                "replace VERSION=version2");
    }

    @Test
    void theCopyOfADeletedResourceIsDeletedBeforeTheBuild() throws Exception {
        buildFirstVersion();
        Path resource = write("resources/a/text");
        Path kept = write("resources/kept");
        Path copy = write("target/classes/texts/a/text");
        Path copyOfKept = write("target/classes/texts/kept");
        assertThat(awaitBuild()).isEqualTo("00");
        endBuild("version1");
        awaitCommands("replace VERSION=version1");

        Files.delete(resource);

        assertThat(awaitBuild()).isEqualTo("00");
        assertThat(copy).doesNotExist();
        assertThat(kept).exists();
        assertThat(copyOfKept).exists();
        endBuild("version2");
    }

    private void saveDescription(String content) throws Exception {
        description = content;
        Files.writeString(folder.resolve("pom.xml"), "<project>" + content + "</project>");
    }

    /** Proves specification 13.6. */
    @Test
    void aChangedPomIsReadAgainAndAllClassesAreCompiledAgain() throws Exception {
        buildFirstVersion();
        Path compiled = write("target/classes/A.class");
        FileTime before = Files.getLastModifiedTime(compiled);
        saveDescription("");

        assertThat(awaitBuild()).isEqualTo("00");
        assertThat(readings).hasValue(1);
        assertThat(Files.getLastModifiedTime(compiled)).isLessThan(before);
        endBuild("version1");
        awaitCommands("replace VERSION=version1");

        // Not again: nothing that describes the project has changed.
        save("A", "1");
        assertThat(awaitBuild()).isEqualTo("10");
        assertThat(readings).hasValue(1);
        endBuild("version2");
    }

    /** Proves specification 13.7. */
    @Test
    void aPomThatCannotBeReadIsReportedAndReadAgainWhenAnyFileIsSaved() throws Exception {
        buildFirstVersion();
        saveDescription("Malformed POM");
        awaitCommands("fail Malformed+POM");
        assertThat(begun).isEmpty();

        description = "";
        save("A", "1");

        assertThat(awaitBuild()).isEqualTo("10");
        assertThat(readings).hasValue(2);
        endBuild("version1");
        awaitCommands("fail Malformed+POM", "replace VERSION=version1");
    }

    /** Proves specification 13.7. */
    @Test
    void wrongParametersInAPomAreReportedAndTheWatchdogGoesOn() throws Exception {
        buildFirstVersion();
        saveDescription("wrong: port=x");
        awaitCommands("fail wrong%3A+port%3Dx");

        saveDescription("");

        assertThat(awaitBuild()).isEqualTo("00");
        endBuild("version1");
        awaitCommands("fail wrong%3A+port%3Dx", "replace VERSION=version1");
    }

    /** Proves specification 13.6. */
    @Test
    void otherParametersInAPomEndTheLoopForAnotherStart() throws Exception {
        buildFirstVersion();

        saveDescription("other parameters");

        assertThat(ended.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isEqualTo("RECONFIGURED");
        assertThat(begun).isEmpty();
    }

    /** Proves specification 13.6. */
    @Test
    void aDependencyThatIsInstalledAgainIsTakenUp() throws Exception {
        buildFirstVersion();

        write("repository/dependency-1-SNAPSHOT.jar");

        assertThat(awaitBuild()).isEqualTo("00");
        assertThat(readings).hasValue(1);
        endBuild("version1");
        awaitCommands("replace VERSION=version1");
    }

    private Path write(String name) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, name);
    }

    @Test
    void aFileThatIsSavedTwiceIsNamedOnce() throws Exception {
        buildFirstVersion();
        save("A", "1");
        save("A", "second");
        assertThat(awaitBuild()).isEqualTo("second0");
        endBuild("version1");
        awaitCommands("replace VERSION=version1");

        assertThat(printed).filteredOn(line -> line.startsWith("Changed: ")).containsExactly("Changed: src/A");
    }
}
