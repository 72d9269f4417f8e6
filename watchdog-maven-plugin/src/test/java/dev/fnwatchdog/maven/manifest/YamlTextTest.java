package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class YamlTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "8080",
                "1e3",
                "0o17",
                "0x1f",
                "1_000",
                "12:30:45",
                "y",
                "n",
                "on",
                "No",
                "true",
                "null",
                "~",
                "",
                ".5",
                "-1",
                "1.0",
                "a: b",
                "#a",
                "a #b",
                "*a",
                "&a",
                "!a",
                "{{a}}",
                "[a]",
                "@a",
                "`a",
                "a\nb",
                " a",
                "a ",
                "'",
                "\"",
                "\\",
                "${A}",
                "%a",
                "2026-01-01",
                "ä",
                "\t",
                "a:",
                "-"
            })
    void whatCouldBeReadAsSomethingElseThanItsTextIsQuoted(String text) {
        String yaml = YamlText.of(List.of(Fields.of("value", text)));

        assertThat(new Yaml().<Map<String, Object>>load(yaml)).isEqualTo(Map.of("value", text));
        assertThat(yaml).matches("value: [\"'](?s).*[\"']\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hello",
                "/_/health",
                "registry.example.com:5000/functions/hello@sha256:abcd",
                "app.kubernetes.io/name"
            })
    void whatIsTextInEachVersionOfYamlIsNotQuoted(String text) {
        assertThat(YamlText.of(List.of(Fields.of("value", text)))).isEqualTo("value: " + text + "\n");
    }

    /** Proves specification 10.5. */
    @Test
    void fieldsKeepTheirOrderAndAreWrittenInFullAtEachPlace() {
        Fields labels = Fields.of("z", "last").with("a", "first");

        assertThat(YamlText.of(List.of(
                        Fields.of("labels", labels).with("again", labels).with("list", List.of(labels, 1)),
                        Fields.of("none", new Fields()))))
                .isEqualTo("""
                        ---
                        labels:
                          "z": last
                          "a": first
                        again:
                          "z": last
                          "a": first
                        list:
                          - "z": last
                            "a": first
                          - 1
                        ---
                        none: {}
                        """);
    }
}
