package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.Setting;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the documents match the code. A failure message contains the text that the document should have. */
class DocumentationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern LINK = Pattern.compile("]\\((?!https?:|#)([^)#]+)(?:#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

    @Test
    void theSettingsPageListsEverySettingWithItsTypeAndDefault() throws IOException {
        String table = Settings.all().stream().map(DocumentationTest::row).collect(Collectors.joining("\n"));

        assertThat(read("docs/settings.md"))
                .contains("| name | type | default | modes | meaning |\n|---|---|---|---|---|\n" + table + "\n\n");
    }

    private static String row(Setting setting) {
        String names = Stream.concat(Stream.of(setting.name()), setting.aliases().stream())
                .map(DocumentationTest::code)
                .collect(Collectors.joining(", "));
        String defaultText = setting.defaultText().isEmpty() ? "" : code(setting.defaultText());
        String modes = setting.modes().size() == 5 ? "all" : String.join(", ", setting.modes());
        return "| %s | %s | %s | %s | %s |".formatted(names, setting.type(), defaultText, modes, setting.meaning());
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    @Test
    void theEmbeddingPageShowsTheExamplesThatAreCompiled() throws IOException {
        for (String example : List.of("Embedding", "SystemLoggerLines")) {
            String source = read("watchdog-undertow/src/test/java/dev/fnwatchdog/example/" + example + ".java");
            String shown = source.substring(
                    source.indexOf("// shown: begin\n") + "// shown: begin\n".length(),
                    source.indexOf("// shown: end"));

            assertThat(read("docs/embedding.md")).contains("```java\n" + shown + "```\n");
        }
    }

    @Test
    void theOperationsPageNamesEveryMetricOfRequestsAndOfTheWatchdog() throws Exception {
        String page;
        try (ScriptedFunction function = ScriptedFunction.respondingWith("HTTP/1.1 204 No Content\r\n\r\n");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            watchdog.get("/");
            page = watchdog.metrics();
        }
        List<String> names = Pattern.compile("(?m)^# TYPE ((?:http|watchdog)_\\w+) ")
                .matcher(page)
                .results()
                .map(match -> code(match.group(1)))
                .toList();

        assertThat(names).hasSizeGreaterThan(3);
        assertThat(read("docs/operations.md")).contains(names);
    }

    @Test
    void theReadmeShowsTheDockerfileForNodeThatIsBuiltByATest() throws IOException {
        String shown = read("docs/containers.md").replaceAll("(?s).*?(```dockerfile\n.*?\n```\n).*", "$1");

        assertThat(shown).startsWith("```dockerfile\nFROM node:");
        assertThat(read("README.md")).contains(shown);
    }

    @Test
    void linksInTheDocumentsPointToFilesThatExist() throws IOException {
        for (String document : documents()) {
            Path folder = ROOT.resolve(document).resolve("..").normalize();
            assertThat(LINK.matcher(read(document)).results().map(match -> match.group(1)))
                    .allSatisfy(link -> assertThat(folder.resolve(link)).exists());
        }
    }

    private static List<String> documents() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(
                                    "README.md",
                                    "SECURITY.md",
                                    "CONTRIBUTING.md",
                                    "bench/README.md",
                                    "deploy/README.md"),
                            pages.filter(page -> page.toString().endsWith(".md"))
                                    .map(page -> ROOT.relativize(page).toString()))
                    .toList();
        }
    }

    @Test
    void everyPageIsInTheIndexOfTheDocumentation() throws IOException {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            String index = read("docs/README.md");
            assertThat(pages.map(page -> page.getFileName().toString()))
                    .filteredOn(page -> page.endsWith(".md") && !page.equals("README.md"))
                    .allSatisfy(page -> assertThat(index).contains("](" + page + ")"));
        }
    }

    @Test
    void theParityDocumentNamesOnlyTestsThatExist() throws IOException {
        List<MatchResult> named = TEST.matcher(read("docs/parity.md")).results().toList();

        assertThat(named)
                .hasSizeGreaterThan(20)
                .allSatisfy(test -> assertThat(sourceOf(test.group(1)))
                        .contains("void " + (test.group(2) == null ? "" : test.group(2) + "(")));
    }

    private static String sourceOf(String testClass) throws IOException {
        for (String module : List.of("watchdog-core", "watchdog-undertow")) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                List<Path> found = sources.filter(source -> source.endsWith(testClass + ".java"))
                        .toList();
                if (!found.isEmpty()) {
                    return Files.readString(found.get(0));
                }
            }
        }
        return testClass + " is nowhere";
    }

    private static String read(String document) throws IOException {
        return Files.readString(ROOT.resolve(document));
    }
}
