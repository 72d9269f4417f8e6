package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.maven.config.InvalidParameterException;

/** The processor time and memory that a container is promised, and those that it may use. */
public final class ContainerResources {
    private static final String PREFIX = "watchdog.manifests.";

    private final Quantity cpuRequest;
    private final Quantity memoryRequest;
    private final Quantity cpuLimit;
    private final Quantity memoryLimit;

    /** Parses the amounts, which have the notation of Kubernetes. */
    public ContainerResources(String cpuRequest, String memoryRequest, String cpuLimit, String memoryLimit) {
        this.cpuRequest = Quantity.processors(PREFIX + "cpuRequest", cpuRequest);
        this.memoryRequest = Quantity.memory(PREFIX + "memoryRequest", memoryRequest);
        this.cpuLimit = Quantity.processors(PREFIX + "cpuLimit", cpuLimit);
        this.memoryLimit = Quantity.memory(PREFIX + "memoryLimit", memoryLimit);
        check("cpuRequest", this.cpuRequest, this.cpuLimit);
        check("memoryRequest", this.memoryRequest, this.memoryLimit);
    }

    private static void check(String parameter, Quantity request, Quantity limit) {
        if (request.isMoreThan(limit)) {
            throw new InvalidParameterException(
                    PREFIX + parameter, request.text(), "no more than the limit, which is " + limit.text());
        }
    }

    Fields requests() {
        return Fields.of("cpu", cpuRequest.text()).with("memory", memoryRequest.text());
    }

    Fields limits() {
        return Fields.of("cpu", cpuLimit.text()).with("memory", memoryLimit.text());
    }

    /** Returns requests and limits in the notation of Kubernetes. */
    Fields forKubernetes() {
        return Fields.of("requests", requests()).with("limits", limits());
    }

    /** Returns requests and limits in the notation of Compose. */
    Fields forCompose() {
        return Fields.of("limits", Fields.of("cpus", cpuLimit.decimal()).with("memory", memoryLimit.bytes()))
                .with("reservations", Fields.of("cpus", cpuRequest.decimal()).with("memory", memoryRequest.bytes()));
    }
}
