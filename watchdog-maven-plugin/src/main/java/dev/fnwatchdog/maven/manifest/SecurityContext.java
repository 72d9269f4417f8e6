package dev.fnwatchdog.maven.manifest;

import java.util.List;

/** What the container of a function may do in Kubernetes: as little as possible, which is all that the watchdog needs. */
final class SecurityContext {
    private SecurityContext() {}

    /** Returns what holds for the pod, and so for containers that are added to it. */
    static Fields ofPod(NonRootUser user) {
        return user(user).with("seccompProfile", seccomp());
    }

    static Fields ofContainer() {
        return confined(new Fields());
    }

    /** Returns both for a container alone, where the pod's belongs to the orchestrator. */
    static Fields ofContainerAlone(NonRootUser user) {
        return confined(user(user)).with("seccompProfile", seccomp());
    }

    private static Fields confined(Fields context) {
        return context.with("allowPrivilegeEscalation", false)
                .with("readOnlyRootFilesystem", true)
                .with("capabilities", Fields.of("drop", List.of("ALL")));
    }

    private static Fields user(NonRootUser user) {
        return Fields.of("runAsNonRoot", true).with("runAsUser", user.user()).with("runAsGroup", user.group());
    }

    private static Fields seccomp() {
        return Fields.of("type", "RuntimeDefault");
    }
}
