package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that code, tests and documents cite the specification correctly, and that tests cite all of it. */
class SpecificationTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path SPECIFICATION = ROOT.resolve("docs/specification.md");

    /** A requirement, at the beginning of its paragraph. */
    private static final Pattern REQUIREMENT =
            Pattern.compile("(?m)^\\*\\*(\\d+)\\.(\\d+)\\*\\*( \\*\\(planned\\)\\*)? ");

    private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+)\\. ");

    /** A citation: {@code specification 3.12}, {@code specification 3.12, 3.14 and 4.1}, {@code docs/specification.md 7}. */
    private static final Pattern CITATION = Pattern.compile(
            "(?i)\\bspecification(?:\\.md)?,? (?:sections? )?(\\d+(?:\\.\\d+)?(?:(?:, | and |, and | to )\\d+(?:\\.\\d+)?)*)\\b");

    private static final Pattern NUMBER = Pattern.compile("\\d+(?:\\.\\d+)?");
    private static final Pattern OLD_CITATION = Pattern.compile("(?i)\\bcontract \\d");
    private static final Pattern LINE_BREAK_IN_COMMENT = Pattern.compile("\\s*\\n\\s*(?:\\*(?!/)|//|#)?\\s*");

    private static Map<String, Boolean> requirements() throws IOException {
        Map<String, Boolean> planned = new LinkedHashMap<>();
        for (MatchResult found :
                REQUIREMENT.matcher(Files.readString(SPECIFICATION)).results().toList()) {
            planned.put(found.group(1) + "." + found.group(2), found.group(3) != null);
        }
        return planned;
    }

    private static Set<String> sections() throws IOException {
        return SECTION.matcher(Files.readString(SPECIFICATION))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet());
    }

    /** Returns the files that may contain citations: all text of the project. */
    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String folder : List.of(
                "watchdog-core/src",
                "watchdog-undertow/src",
                "watchdog-junit/src",
                "watchdog-maven-plugin/src",
                "src/it",
                "bench",
                "docs",
                "README.md",
                "CONTRIBUTING.md",
                "CHANGELOG.md",
                "SECURITY.md")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().matches(".*\\.(java|md|groovy|xml|sh|py)"))
                        .filter(file -> !file.toString().contains("/target/"))
                        .forEach(all::add);
            }
        }
        return all;
    }

    private static Set<String> citedBy(Path file) throws IOException {
        String text = LINE_BREAK_IN_COMMENT.matcher(Files.readString(file)).replaceAll(" ");
        Set<String> cited = new TreeSet<>();
        for (Matcher citation = CITATION.matcher(text); citation.find(); ) {
            NUMBER.matcher(citation.group(1)).results().map(MatchResult::group).forEach(cited::add);
        }
        return cited;
    }

    private static boolean isTest(Path file) {
        String path = ROOT.relativize(file).toString();
        return !file.endsWith("SpecificationTest.java") && (path.contains("src/test/") || path.startsWith("src/it/"));
    }

    @Test
    void requirementsOfTheSpecificationAreNumberedWithoutAGap() throws IOException {
        Map<String, Integer> last = new LinkedHashMap<>();
        for (String number : requirements().keySet()) {
            String section = number.substring(0, number.indexOf('.'));
            int expected = last.merge(section, 1, Integer::sum);
            assertThat(number).isEqualTo(section + "." + expected);
        }
        assertThat(last.keySet()).containsExactlyInAnyOrderElementsOf(sections());
    }

    @Test
    void everyCitationOfTheSpecificationLeadsToARequirementOrASection() throws IOException {
        Set<String> known = new TreeSet<>(requirements().keySet());
        known.addAll(sections());
        Map<String, Set<String>> dangling = new LinkedHashMap<>();
        int files = 0;
        for (Path file : sources()) {
            Set<String> cited = file.endsWith("SpecificationTest.java") ? Set.of() : citedBy(file);
            files += cited.isEmpty() ? 0 : 1;
            Set<String> unknown = new TreeSet<>(cited);
            unknown.removeAll(known);
            if (!unknown.isEmpty()) {
                dangling.put(ROOT.relativize(file).toString(), unknown);
            }
        }
        assertThat(dangling).isEmpty();
        assertThat(files).isGreaterThan(100);
    }

    @Test
    void everyRequirementThatIsBuiltIsCitedByATest() throws IOException {
        Set<String> unproven = new TreeSet<>();
        requirements().forEach((number, planned) -> {
            if (!planned) {
                unproven.add(number);
            }
        });
        for (Path file : sources()) {
            if (isTest(file)) {
                unproven.removeAll(citedBy(file));
            }
        }
        assertThat(unproven).isEmpty();
    }

    @Test
    void requirementsReferToOthersThatExist() throws IOException {
        Set<String> known = requirements().keySet();
        Matcher reference =
                Pattern.compile("\\(((?:\\d+\\.\\d+(?:, | to | and )?)+)\\)").matcher(Files.readString(SPECIFICATION));
        while (reference.find()) {
            assertThat(NUMBER.matcher(reference.group(1)).results().map(MatchResult::group))
                    .allSatisfy(number -> assertThat(known).contains(number));
        }
    }

    @Test
    void nothingCitesTheContractThatTheSpecificationHasReplaced() throws IOException {
        for (Path file : sources()) {
            if (!file.endsWith("SpecificationTest.java")) {
                assertThat(Files.readString(file))
                        .as(ROOT.relativize(file).toString())
                        .doesNotContainPattern(OLD_CITATION);
            }
        }
    }
}
