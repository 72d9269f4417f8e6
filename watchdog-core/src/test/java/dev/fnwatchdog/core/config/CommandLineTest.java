package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 1.11. */
class CommandLineTest {
    static Stream<Arguments> commands() {
        return Stream.of(
                words("cat", "cat"),
                words("node index.js --port 3000", "node", "index.js", "--port", "3000"),
                words("  a \t b  c  ", "a", "b", "c"),
                words("sh -c 'echo  hi there'", "sh", "-c", "echo  hi there"),
                words("sh -c \"echo  hi 'there'\"", "sh", "-c", "echo  hi 'there'"),
                words("a\\ b c\\'d e\\\\f", "a b", "c'd", "e\\f"),
                words("a'b'\"c\"d", "abcd"),
                words("f '' \"\"", "f", "", ""),
                words("f 'a\\b'", "f", "a\\b"),
                words("f \"a\\\"b\\\\c\\nd\\'e\"", "f", "a\"b\\c\\nd\\'e"),
                words("f \"a\\$b\\`c\"", "f", "a$b`c"),
                words("f \"a\\\nb\" c\\\nd", "f", "ab", "cd"),
                words("f \\\n g", "f", "g"),
                words("f 'a\nb'", "f", "a\nb"),
                words("f \\n\\t", "f", "nt"),
                words("f tail\\", "f", "tail\\"),
                words("f \\#no comment", "f", "#no", "comment"),
                words("écho 'ü' \"日本\" 🙂", "écho", "ü", "日本", "🙂"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandIsSplitAsAPosixShellSplitsIt(String text, List<String> expected) {
        assertThat(CommandLine.parse(text).words()).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theExpectedSplitOfACommandIsThatOfTheShellOfThisMachine(String text, List<String> expected) throws Exception {
        assertThat(splitByShell(text)).isEqualTo(expected);
    }

    @Test
    void aCommandIsSplitAtNewlines() {
        assertThat(CommandLine.parse("a\nb\n\n c\n").words()).containsExactly("a", "b", "c");
    }

    @Test
    void nothingInACommandIsExpanded() {
        assertThat(CommandLine.parse("run $HOME ${A} $(id) `id` * ~ {a,b} a;b | c > d & #e !f \"$HOME\"")
                        .words())
                .containsExactly(
                        "run", "$HOME", "${A}", "$(id)", "`id`", "*", "~", "{a,b}", "a;b", "|", "c", ">", "d", "&",
                        "#e", "!f", "$HOME");
    }

    @ParameterizedTest
    @ValueSource(strings = {"f 'a", "f a'", "f \"a", "f \"a\\\"", "'", "f \"a' b"})
    void aCommandWithAnUnclosedQuoteIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandLine.parse(text))
                .withMessageContaining("quote at character");
    }

    @Test
    void theRefusalOfAnUnclosedQuoteNamesItsPosition() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommandLine.parse("echo 'a' it's"))
                .withMessageContaining("character 12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n", "''", "\"\" a", "\\\n"})
    void aCommandWithoutAProgramIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> CommandLine.parse(text));
    }

    @Test
    void aCommandKeepsTheTextFromWhichItWasParsed() {
        CommandLine command = CommandLine.parse(" node  'index.js' ");

        assertThat(command.text()).isEqualTo(" node  'index.js' ");
        assertThat(command.program()).isEqualTo("node");
        assertThat(command).hasToString(command.text());
        assertThat(command)
                .isEqualTo(CommandLine.parse(command.text()))
                .hasSameHashCodeAs(CommandLine.parse(command.text()));
        assertThat(command).isNotEqualTo(CommandLine.parse("node index.js"));
    }

    private static Arguments words(String text, String... words) {
        return Arguments.of(text, List.of(words));
    }

    private static List<String> splitByShell(String text) throws IOException, InterruptedException {
        // The script goes to standard input: the JVM encodes arguments by its locale.
        Process shell = new ProcessBuilder("sh").redirectErrorStream(true).start();
        try (var stdin = shell.getOutputStream()) {
            stdin.write(("set -f; printf '%s\\0' " + text).getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).isZero();
        return Arrays.asList(output.substring(0, output.length() - 1).split("\0", -1));
    }
}
