package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.util.ArrayList;
import java.util.List;

/** A Compose file, for one machine. */
record ComposeFile(DeployedFunction function) implements Manifest {
    ComposeFile {
        if (function.needsIdentity() && function.namespace().isEmpty()) {
            throw new InvalidParameterException(
                    "watchdog.manifests.namespace",
                    "",
                    "the namespace that jwt_auth expects, or watchdog.manifests.targets without compose");
        }
    }

    @Override
    public List<Fields> documents() {
        return List.of(Fields.of("name", function.name().text())
                .with("services", Fields.of(function.name().text(), service())));
    }

    private Fields service() {
        Fields service = Fields.of("image", function.image())
                .with("restart", "unless-stopped")
                .with("stop_signal", "SIGTERM")
                .with("stop_grace_period", LongestStop.seconds(function.config()) + "s")
                .with("user", function.user().toString())
                .with("read_only", true)
                .with("cap_drop", List.of("ALL"))
                .with("security_opt", List.of("no-new-privileges:true"));
        if (function.needsTemporaryFolder()) {
            service.with("tmpfs", List.of(function.temporaryFolder()));
        }
        if (hasProcesses()) {
            // Before Java 22 the watchdog cannot reap what a function's processes leave behind.
            service.with("init", true);
        }
        return service.with("ports", ports())
                .withAll("environment", environment())
                .with("healthcheck", healthcheck())
                .with("deploy", Fields.of("resources", function.resources().forCompose()));
    }

    private boolean hasProcesses() {
        return !(function.config().mode() instanceof ModeConfig.Inproc
                || function.config().mode() instanceof ModeConfig.Static);
    }

    /** The metrics are for this machine alone. */
    private List<String> ports() {
        int port = function.config().port();
        int metrics = function.config().metricsPort();
        return List.of("%d:%d".formatted(port, port), "127.0.0.1:%d:%d".formatted(metrics, metrics));
    }

    private Fields environment() {
        return function.needsIdentity()
                ? Fields.of("OPENFAAS_NAME", function.name().text()).with("OPENFAAS_NAMESPACE", function.namespace())
                : new Fields();
    }

    private Fields healthcheck() {
        List<String> test = new ArrayList<>(List.of("CMD"));
        test.addAll(function.healthcheck());
        return Fields.of("test", test)
                .with("interval", "10s")
                .with("timeout", "5s")
                .with("start_period", "30s")
                .with("retries", 3);
    }
}
