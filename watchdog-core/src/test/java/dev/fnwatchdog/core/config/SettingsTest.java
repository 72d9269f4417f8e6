package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
    private static final String TABLE = """
            mode | streaming serializing http static inproc | streaming | all
            fprocess, function_process | command | | streaming serializing http
            http_upstream_url, upstream_url | URL | | http
            port | 0-65535 | 8080 | all
            metrics_port | 0-65535 | 8081 | all
            exec_timeout | duration | 30s | streaming serializing http inproc
            read_timeout | duration | 30s | all
            write_timeout | duration | 30s | all
            healthcheck_interval | duration | write_timeout | all
            content_type | media type | application/octet-stream | streaming serializing
            http_buffer_req_body, buffer_http | boolean | false | http
            max_inflight | count | 0 | all
            max_waiting | count | 0 | all
            http2_max_streams | count over 0 | 250 | all
            log_callid, log_call_id | boolean | false | all
            log_trace_id | boolean | false | all
            prefix_logs | boolean | true | streaming serializing http inproc
            log_buffer_size | bytes | 65536 | streaming serializing http inproc
            log_format | text json | text | all
            ready_path | path | | all
            startup_wait | duration | 10s | http
            metrics_upstream_path | path | | http
            static_path | directory | /home/app/public | static
            static_spa | boolean | false | static
            suppress_lock | boolean | false | all
            combined_output, combine_output | boolean | false | serializing
            read_debug | boolean | false | streaming serializing http
            write_debug | boolean | false | streaming serializing http
            cgi_headers | boolean | true | streaming serializing
            cgi_response | boolean | false | streaming serializing
            jwt_auth | boolean | false | all
            jwt_auth_debug | boolean | false | all
            jwt_auth_local | boolean | false | all
            jwt_auth_authority | URL | | all
            handler | class name | | inproc
            function_path | jars and folders, separated by : | | inproc
            handler_concurrency | count | 0 | inproc
            servlet_init | lines of name=value | | inproc
            OPENFAAS_NAME | text | | all
            OPENFAAS_NAMESPACE | text | | all
            """;

    static Stream<Definition<?>> definitions() {
        return Definitions.ALL.stream();
    }

    /** Proves specification 1.1. */
    @Test
    void theSettingsAreThoseOfTheSpecificationWithTypesDefaultsAndModes() {
        assertThat(Settings.all().stream().map(SettingsTest::row))
                .containsExactlyElementsOf(TABLE.lines().toList());
    }

    @Test
    void everyDefinedSettingIsListed() throws Exception {
        List<Object> defined = new ArrayList<>();
        for (Field field : Definitions.class.getDeclaredFields()) {
            if (field.getType() == Definition.class) {
                defined.add(field.get(null));
            }
        }

        assertThat(Definitions.ALL).doesNotHaveDuplicates().hasSameElementsAs(cast(defined));
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void theDefaultOfEachSettingIsAcceptedByTheParser(Definition<?> setting) {
        if (setting.defaultText().isEmpty() || setting.equals(Definitions.HEALTHCHECK_INTERVAL)) {
            return;
        }

        assertThat(new Variables(Map.of(setting.name(), setting.defaultText())).mistakes(setting))
                .isEmpty();
    }

    /** Proves specification 1.21. */
    @ParameterizedTest
    @MethodSource("definitions")
    void theHelpHasNamesTypeAndMeaningOfEachSetting(Definition<?> setting) {
        String heading = "  " + String.join(", ", setting.names()) + "  ("
                + setting.type().name() + ")\n";

        assertThat(Settings.help()).contains(heading);
        assertThat(unwrapped(Settings.help())).contains(unwrapped(setting.meaning()));
    }

    /** Proves specification 1.21. */
    @Test
    void theHelpHasLinesOfAtMost100CharactersAndNamesTheOptions() {
        assertThat(Settings.help().lines()).allMatch(line -> line.length() <= 100 && !line.endsWith(" "));
        assertThat(Settings.help())
                .contains("--version", "--help", "--run-healthcheck", "Default: none. Modes: http.", "Modes: all.")
                .endsWith("\n");
    }

    private static String row(Setting setting) {
        List<String> names = new ArrayList<>(List.of(setting.name()));
        names.addAll(setting.aliases());
        String modes = setting.modes().size() == 5 ? "all" : String.join(" ", setting.modes());
        String fallback = setting.defaultText().isEmpty() ? "" : setting.defaultText() + " ";
        return String.join(", ", names) + " | " + setting.type() + " | " + fallback + "| " + modes;
    }

    private static String unwrapped(String text) {
        return text.replaceAll("\\s+", " ");
    }

    @SuppressWarnings("unchecked")
    private static List<Definition<?>> cast(List<?> definitions) {
        return (List<Definition<?>>) definitions;
    }
}
