package dev.fnwatchdog.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Makes functions by the commands of {@code docs/maven.md} and works on them as a newcomer does. Each kind is tried with
 * one Maven, and nightly with each of them.
 */
@Timeout(600)
class NewcomerIT {
    private static final String CURRENT = "current";
    private static final String NEWEST = "4.0.0-rc-6";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0} with Maven {1}")
    @CsvSource({"main, 3.6.3", "servlet, 3.8.9", "openfaas, " + NEWEST})
    void theArchetypeMakesTheFunctionOfTheGuideWhichIsServed(String kind, String maven) throws Exception {
        Newcomer newcomer = new Newcomer(folder, kind, maven, currentJava());

        newcomer.does("archetype");
        assertIsTheFunctionOfTheGuide(kind);
        newcomer.does("run", "delete");
    }

    @ParameterizedTest(name = "{0} with Maven {1}")
    @CsvSource("handler, " + CURRENT)
    void aFunctionThatIsEditedBrokenAndFixedIsServedWithoutARestart(String kind, String maven) throws Exception {
        Newcomer newcomer = new Newcomer(folder, kind, maven, currentJava());

        newcomer.does("archetype");
        assertIsTheFunctionOfTheGuide(kind);
        newcomer.does("run", "edit", "break", "fix", "test", "delete");
    }

    @Tag("nightly")
    @ParameterizedTest(name = "{0} with Maven {1}")
    @MethodSource("kindsAndMavens")
    void everyKindIsServedAndTestedByEveryMaven(String kind, String maven) throws Exception {
        new Newcomer(folder, kind, maven, currentJava()).does("archetype", "prefix", "run", "edit", "test", "delete");
    }

    static Stream<Arguments> kindsAndMavens() {
        return Stream.of("handler", "servlet", "openfaas", "main")
                .flatMap(kind -> Stream.of("3.6.3", "3.8.9", CURRENT, NEWEST).map(maven -> Arguments.of(kind, maven)));
    }

    @Tag("nightly")
    @Timeout(900)
    @ParameterizedTest(name = "Maven {0} on JDK {1}")
    @CsvSource({CURRENT + ", 17", CURRENT + ", 25", NEWEST + ", 17", NEWEST + ", 25"})
    void theFirstHourLeadsToAnImageAndLeavesNothingBehind(String maven, int jdk) throws Exception {
        Optional<Path> java = Newcomer.javaHome(jdk);
        assumeTrue(java.isPresent(), "JDK " + jdk + " is not installed");

        new Newcomer(folder, "handler", maven, java.get())
                .does(
                        "mistake",
                        "archetype",
                        "run",
                        "edit",
                        "break",
                        "fix",
                        "dependency",
                        "test",
                        "image",
                        "manifests",
                        "play",
                        "delete");
    }

    private void assertIsTheFunctionOfTheGuide(String kind) throws IOException {
        List<String> shown = Guide.read().function(kind);
        Path project = folder.resolve("hello");

        assertThat(shown)
                .containsExactly(
                        Files.readString(project.resolve("pom.xml")),
                        Files.readString(project.resolve("src/main/java/com/example/Hello.java")));
    }

    private static Path currentJava() {
        return Path.of(System.getProperty("java.home"));
    }
}
