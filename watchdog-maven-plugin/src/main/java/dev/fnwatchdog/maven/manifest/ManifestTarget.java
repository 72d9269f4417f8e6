package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What a function can be deployed to, and the name of the file that does it. */
public enum ManifestTarget {
    KUBERNETES("kubernetes.yaml"),
    KNATIVE("knative.yaml"),
    OPENFAAS("stack.yaml"),
    COMPOSE("compose.yaml");

    private final String fileName;

    ManifestTarget(String fileName) {
        this.fileName = fileName;
    }

    /** Parses names such as {@code kubernetes}. */
    public static Set<ManifestTarget> parse(Collection<String> names) {
        Set<ManifestTarget> targets = EnumSet.noneOf(ManifestTarget.class);
        for (String name : names) {
            targets.add(parse(name));
        }
        return targets;
    }

    private static ManifestTarget parse(String name) {
        for (ManifestTarget target : values()) {
            if (target.name().toLowerCase(Locale.ROOT).equals(name)) {
                return target;
            }
        }
        throw new InvalidParameterException(
                "watchdog.manifests.targets", name, "kubernetes, knative, openfaas and compose, or some of them");
    }

    String fileName() {
        return fileName;
    }
}
