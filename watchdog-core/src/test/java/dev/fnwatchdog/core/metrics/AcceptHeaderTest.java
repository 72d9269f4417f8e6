package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 2.9. */
class AcceptHeaderTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " , ,",
                "*/*",
                "text/*",
                "text/plain",
                "TEXT/PLAIN",
                "text/plain; version=0.0.4",
                "text/plain;version=\"0.0.4\";charset=utf-8",
                "text/plain;q=0.1,application/openmetrics-text;q=1",
                "application/openmetrics-text, */*;q=0.001",
                "application/openmetrics-text, text/*",
                // Prometheus 2.x and 3.x
                "application/openmetrics-text;version=1.0.0;q=0.75,application/openmetrics-text;version=0.0.1;q=0.5,"
                        + "text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
                        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                // Neither format is allowed: text, which every client of /metrics can read.
                "application/json",
                "text/plain;q=0",
                "text/plain;version=1.0.0",
                "application/openmetrics-text;q=0",
                "application/openmetrics-text;q=0.000, text/html"
            })
    void anAcceptHeaderThatAllowsTextOrNeitherFormatGetsText(String accept) {
        assertThat(AcceptHeader.wantsOpenMetrics(accept)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text",
                "Application/OpenMetrics-Text; version=1.0.0; charset=utf-8",
                "application/openmetrics-text;version=0.0.1;q=0.5",
                "application/*",
                "application/openmetrics-text;q=0.1, text/html",
                "application/openmetrics-text , text/plain;q=0",
                "application/openmetrics-text, text/plain;Q=0.0, text/*",
                "text/plain;q=0.000, */*",
                "text/*;q=0, */*;q=0.5",
                "application/openmetrics-text;note=\"a, text/plain\"",
                "application/openmetrics-text;note=\"\\\", text/plain\"",
                "application/openmetrics-text, text/plain;version=1.0.0",
                "application/openmetrics-text;, ,"
            })
    void anAcceptHeaderThatAllowsOpenMetricsAloneGetsOpenMetrics(String accept) {
        assertThat(AcceptHeader.wantsOpenMetrics(accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/openmetrics-text, text",
                "application/openmetrics-text, /plain",
                "application/openmetrics-text;q=2",
                "application/openmetrics-text;q=-1",
                "application/openmetrics-text;q=0.1234",
                "application/openmetrics-text;q=",
                "application/openmetrics-text;=1",
                "application/openmetrics-text;version",
                "application/openmetrics-text;note=\"open",
                "application/openmetrics-text;note=\"open\\",
                "application openmetrics-text",
                "\0"
            })
    void aMalformedAcceptHeaderGetsText(String accept) {
        assertThat(AcceptHeader.wantsOpenMetrics(accept)).isFalse();
    }
}
