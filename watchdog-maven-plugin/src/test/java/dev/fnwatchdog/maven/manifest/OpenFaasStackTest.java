package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class OpenFaasStackTest {
    private static final String GATEWAY = "http://127.0.0.1:8080";

    private static Object stack(DeployedFunction function) {
        return ExampleFunction.read(new OpenFaasStack(function, GATEWAY)).get(0);
    }

    /** Proves specification 10.10. */
    @Test
    void theStackDeploysTheImageAndTellsOpenFaasTheTimeouts() {
        Object stack = stack(ExampleFunction.http("exec_timeout", "90s"));
        Object function = ExampleFunction.at(stack, "functions/hello");

        assertThat(ExampleFunction.at(stack, "provider")).isEqualTo(Map.of("name", "openfaas", "gateway", GATEWAY));
        assertThat(ExampleFunction.at(function, "skip_build")).isEqualTo(true);
        assertThat(ExampleFunction.at(function, "readonly_root_filesystem")).isEqualTo(true);
        assertThat(ExampleFunction.at(function, "environment"))
                .isEqualTo(Map.of(
                        "exec_timeout", "1m30s",
                        "healthcheck_interval", "30s",
                        "read_timeout", "30s",
                        "write_timeout", "30s"));
        assertThat(ExampleFunction.at(function, "annotations"))
                .isEqualTo(Map.of(
                        "com.openfaas.health.http.path", "/_/health",
                        "com.openfaas.ready.http.path", "/_/ready",
                        "prometheus.io.scrape", "true",
                        "prometheus.io.port", "8081"));
        assertThat(ExampleFunction.at(function, "limits")).isEqualTo(Map.of("cpu", "1", "memory", "256Mi"));
    }

    /** Proves specification 10.10. */
    @Test
    void anotherPortThanTheOnlyOneOfOpenFaasIsOverridden() {
        assertThat(ExampleFunction.at(stack(ExampleFunction.http("port", "9000")), "functions/hello/environment/port"))
                .isEqualTo("8080");
    }

    /** Proves specification 10.10. */
    @Test
    void aGracePeriodThatIsShorterThanTheLongestStopIsNoted() {
        assertThat(new OpenFaasStack(ExampleFunction.http(), GATEWAY).notes())
                .containsExactly(
                        "OpenFaaS limits a shutdown to write_timeout plus 2 s, which is 32 s, and the longest shutdown takes"
                                + " 75 s: requests in flight are lost if it takes longer");
    }
}
