package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A function and its image, as all manifests describe it.
 *
 * @param namespace empty if the user who deploys it chooses one
 * @param image by digest where that is known
 * @param version the project's
 * @param config the settings of the image
 * @param identified whether the image's environment has {@code OPENFAAS_NAME} already
 * @param healthcheck the command that exits with 0 while the watchdog is healthy
 */
public record DeployedFunction(
        DnsLabel name,
        String namespace,
        String image,
        String version,
        WatchdogConfig config,
        boolean identified,
        NonRootUser user,
        ContainerResources resources,
        List<String> healthcheck) {
    private static final String TEMPORARY = "tmp";
    private static final Pattern LABEL_VALUE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");

    public DeployedFunction {
        healthcheck = List.copyOf(healthcheck);
        if (!namespace.isEmpty()) {
            DnsLabel.parse("watchdog.manifests.namespace", namespace);
        }
        checkPort("port", config.port());
        checkPort("metrics_port", config.metricsPort());
    }

    private static void checkPort(String setting, int port) {
        if (port == 0) {
            throw new InvalidParameterException(setting, "0", "a port from 1 to 65535, because the manifests name it");
        }
    }

    /** Returns the labels by which the function's pods are selected. */
    Fields selector() {
        return Fields.of("app.kubernetes.io/name", name.text());
    }

    Fields labels() {
        Fields labels = selector();
        return LABEL_VALUE.matcher(version).matches() ? labels.with("app.kubernetes.io/version", version) : labels;
    }

    Fields metadata() {
        return Fields.of("name", name.text()).withText("namespace", namespace).with("labels", labels());
    }

    /** Returns the template of the function's pods, which Prometheus finds by annotations. */
    Fields template(Fields pod) {
        Fields annotations = Fields.of("prometheus.io/scrape", "true")
                .with("prometheus.io/port", Integer.toString(config.metricsPort()))
                .with("prometheus.io/path", "/metrics");
        Fields metadata = Fields.of("labels", labels()).with("annotations", annotations);
        return Fields.of("metadata", metadata).with("spec", pod);
    }

    /** Adds the temporary folder to a pod, if the function needs one. */
    Fields withTemporaryVolume(Fields pod) {
        return needsTemporaryFolder()
                ? pod.with("volumes", List.of(Fields.of("name", TEMPORARY).with("emptyDir", new Fields())))
                : pod;
    }

    /** Adds the temporary folder to the container of such a pod. */
    Fields withTemporaryMount(Fields container) {
        return needsTemporaryFolder()
                ? container.with(
                        "volumeMounts", List.of(Fields.of("name", TEMPORARY).with("mountPath", temporaryFolder())))
                : container;
    }

    /** Whether the function itself speaks HTTP/2, as gRPC needs it. */
    boolean speaksHttp2() {
        return config.mode() instanceof ModeConfig.Http mode
                && "h2c".equals(mode.upstream().getScheme());
    }

    /** Whether tokens are checked for a name and a namespace that only the deployment knows. */
    boolean needsIdentity() {
        return config.jwtAuth() && !identified;
    }

    /** Whether something is written to the temporary folder: the lock file, uploads, or files of the function. */
    boolean needsTemporaryFolder() {
        return config.lockFile() || !(config.mode() instanceof ModeConfig.Static);
    }

    /** Returns the path in the image, whatever system this is. */
    String temporaryFolder() {
        Path folder = config.temporaryDirectory();
        return folder.toString().replace(folder.getFileSystem().getSeparator(), "/");
    }
}
