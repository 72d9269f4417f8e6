package dev.fnwatchdog.maven.manifest;

import java.util.ArrayList;
import java.util.List;

/** A Deployment and its Service for Kubernetes. */
record KubernetesManifest(DeployedFunction function) implements Manifest {
    private static final String HTTP = "http";
    private static final String METRICS = "metrics";

    @Override
    public List<Fields> documents() {
        return List.of(deployment(), service());
    }

    // Without a number of replicas, which an autoscaler may set.
    private Fields deployment() {
        return Fields.of("apiVersion", "apps/v1")
                .with("kind", "Deployment")
                .with("metadata", function.metadata())
                .with(
                        "spec",
                        Fields.of("selector", Fields.of("matchLabels", function.selector()))
                                .with("template", function.template(pod())));
    }

    private Fields pod() {
        Fields pod = Fields.of("automountServiceAccountToken", false)
                .with("terminationGracePeriodSeconds", LongestStop.seconds(function.config()))
                .with("securityContext", SecurityContext.ofPod(function.user()))
                .with("containers", List.of(container()));
        return function.withTemporaryVolume(pod);
    }

    private Fields container() {
        Fields container = Fields.of("name", function.name().text())
                .with("image", function.image())
                .with(
                        "ports",
                        List.of(
                                containerPort(HTTP, function.config().port()),
                                containerPort(METRICS, function.config().metricsPort())));
        if (function.needsIdentity()) {
            container.with("env", identity());
        }
        container
                .with("startupProbe", Probes.startup(request(Probes.HEALTH)))
                .with("livenessProbe", Probes.liveness(request(Probes.HEALTH)))
                .with("readinessProbe", Probes.readiness(function.config(), request(Probes.READY)))
                .with("resources", function.resources().forKubernetes())
                .with("securityContext", SecurityContext.ofContainer());
        return function.withTemporaryMount(container);
    }

    private List<Fields> identity() {
        Fields namespace = Fields.of("fieldRef", Fields.of("fieldPath", "metadata.namespace"));
        return List.of(
                Fields.of("name", "OPENFAAS_NAME").with("value", function.name().text()),
                Fields.of("name", "OPENFAAS_NAMESPACE").with("valueFrom", namespace));
    }

    private static Fields containerPort(String name, int port) {
        return Fields.of("name", name).with("containerPort", port).with("protocol", "TCP");
    }

    /** By number, because not all that read a Deployment look up the names of ports; podman 4 does not. */
    private Fields request(String path) {
        return Fields.of("path", path).with("port", function.config().port());
    }

    private Fields service() {
        Fields http = servicePort(HTTP, function.config().port());
        if (function.speaksHttp2()) {
            http.with("appProtocol", "kubernetes.io/h2c");
        }
        List<Fields> ports = new ArrayList<>(List.of(http));
        ports.add(servicePort(METRICS, function.config().metricsPort()));
        return Fields.of("apiVersion", "v1")
                .with("kind", "Service")
                .with("metadata", function.metadata())
                .with("spec", Fields.of("selector", function.selector()).with("ports", ports));
    }

    private static Fields servicePort(String name, int port) {
        return Fields.of("name", name)
                .with("port", port)
                .with("targetPort", name)
                .with("protocol", "TCP");
    }
}
