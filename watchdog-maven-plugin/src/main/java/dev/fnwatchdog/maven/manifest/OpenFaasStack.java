package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.Timeouts;
import java.util.List;

/** A stack file for {@code faas-cli deploy}. */
record OpenFaasStack(DeployedFunction function, String gateway) implements Manifest {
    /** The only port on which OpenFaaS calls a function. */
    private static final int PORT = 8080;
    /** What OpenFaaS adds to {@code write_timeout} for the grace period of a stop. */
    private static final long GRACE_SECONDS = 2;

    @Override
    public List<Fields> documents() {
        Fields described = Fields.of("image", function.image())
                .with("skip_build", true)
                .withText("namespace", function.namespace())
                .with("environment", environment())
                .with("annotations", annotations())
                .with("requests", function.resources().requests())
                .with("limits", function.resources().limits())
                .with("readonly_root_filesystem", true);
        return List.of(Fields.of("version", "1.0")
                .with("provider", Fields.of("name", "openfaas").with("gateway", gateway))
                .with("functions", Fields.of(function.name().text(), described)));
    }

    @Override
    public List<String> notes() {
        long grace = LongestStop.ceiling(function.config().timeouts().write()) + GRACE_SECONDS;
        long stop = LongestStop.seconds(function.config());
        return grace >= stop
                ? List.of()
                : List.of(
                        "OpenFaaS limits a shutdown to write_timeout plus 2 s, which is %d s, and the longest shutdown takes %d s: requests in flight are lost if it takes longer"
                                .formatted(grace, stop));
    }

    /** The settings that OpenFaaS itself reads, to configure its own timeouts and grace periods. */
    private Fields environment() {
        Timeouts timeouts = function.config().timeouts();
        Fields environment = Fields.of("exec_timeout", GoDuration.format(timeouts.exec()))
                .with("healthcheck_interval", GoDuration.format(timeouts.healthcheck()))
                .with("read_timeout", GoDuration.format(timeouts.read()))
                .with("write_timeout", GoDuration.format(timeouts.write()));
        return function.config().port() == PORT ? environment : environment.with("port", Integer.toString(PORT));
    }

    private Fields annotations() {
        return Fields.of("com.openfaas.health.http.path", Probes.HEALTH)
                .with("com.openfaas.ready.http.path", Probes.READY)
                .with("prometheus.io.scrape", "true")
                .with("prometheus.io.port", Integer.toString(function.config().metricsPort()));
    }
}
