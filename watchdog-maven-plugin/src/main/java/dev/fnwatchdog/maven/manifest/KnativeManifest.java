package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A Service of Knative. */
record KnativeManifest(DeployedFunction function) implements Manifest {
    /** The ports of the proxy that Knative adds to each pod. */
    private static final Set<Integer> RESERVED = Set.of(8008, 8012, 8013, 8022, 8112, 9090, 9091);
    /** What Knative permits unless its administrator has raised {@code max-revision-timeout-seconds}. */
    private static final long LONGEST_TIMEOUT = 600;

    KnativeManifest {
        checkPort("port", function.config().port());
        checkPort("metrics_port", function.config().metricsPort());
    }

    private static void checkPort(String setting, int port) {
        if (RESERVED.contains(port)) {
            throw new InvalidParameterException(
                    setting,
                    Integer.toString(port),
                    "a port that is not reserved for Knative's own proxy, or watchdog.manifests.targets without knative");
        }
    }

    @Override
    public List<Fields> documents() {
        return List.of(Fields.of("apiVersion", "serving.knative.dev/v1")
                .with("kind", "Service")
                .with("metadata", function.metadata())
                .with("spec", Fields.of("template", function.template(revision()))));
    }

    @Override
    public List<String> notes() {
        long timeout = timeoutSeconds();
        return timeout <= LONGEST_TIMEOUT
                ? List.of()
                : List.of(
                        "knative.yaml has timeoutSeconds %d: max-revision-timeout-seconds of the cluster must be at least as long"
                                .formatted(timeout));
    }

    /**
     * Returns how long a request may take, which Knative grants a stop as well: a pod of Knative has no other grace
     * period.
     */
    private long timeoutSeconds() {
        Duration exec = function.config().timeouts().exec();
        long request = exec.isZero() ? LONGEST_TIMEOUT : LongestStop.ceiling(exec);
        return Math.max(request, LongestStop.seconds(function.config()));
    }

    private Fields revision() {
        Fields revision = new Fields();
        if (function.config().maxInflight() > 0) {
            revision.with("containerConcurrency", function.config().maxInflight());
        }
        revision.with("timeoutSeconds", timeoutSeconds());
        // Knative fills in no field of the pod: with the token the watchdog finds the namespace beside it.
        if (!function.needsIdentity()) {
            revision.with("automountServiceAccountToken", false);
        }
        revision.with("containers", List.of(container()));
        return function.withTemporaryVolume(revision);
    }

    private Fields container() {
        Fields container = Fields.of("image", function.image())
                .with(
                        "ports",
                        List.of(Fields.of("name", function.speaksHttp2() ? "h2c" : "http1")
                                .with("containerPort", function.config().port())));
        if (function.needsIdentity()) {
            container.with(
                    "env",
                    List.of(Fields.of("name", "OPENFAAS_NAME")
                            .with("value", function.name().text())));
        }
        container
                .with("startupProbe", Probes.startup(Fields.of("path", Probes.HEALTH)))
                .with("livenessProbe", Probes.liveness(Fields.of("path", Probes.HEALTH)))
                // Without a period, Knative's proxy probes every few milliseconds until the function is ready.
                .with("readinessProbe", Fields.of("httpGet", Fields.of("path", Probes.READY)))
                .with("resources", function.resources().forKubernetes())
                .with("securityContext", SecurityContext.ofContainerAlone(function.user()));
        return function.withTemporaryMount(container);
    }
}
