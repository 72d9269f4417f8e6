package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.core.config.WatchdogConfig;

/** The probes of a pod. */
final class Probes {
    static final String HEALTH = "/_/health";
    static final String READY = "/_/ready";

    private static final int USUAL_PERIOD = 10;
    private static final int USUAL_FAILURES = 3;
    /** Two minutes, at one probe per second, for a function that starts slowly on a busy machine. */
    private static final int STARTUP_FAILURES = 120;
    /** With {@code ready_path} the function responds, which may take its time. */
    private static final int FUNCTION_TIMEOUT = 5;

    private Probes() {}

    /** Until this probe has succeeded once there is no other, so that a slow start is no reason for a restart. */
    static Fields startup(Fields request) {
        return Fields.of("httpGet", request).with("periodSeconds", 1).with("failureThreshold", STARTUP_FAILURES);
    }

    static Fields liveness(Fields request) {
        return Fields.of("httpGet", request)
                .with("periodSeconds", USUAL_PERIOD)
                .with("failureThreshold", USUAL_FAILURES);
    }

    /** So frequent that it has failed before {@code healthcheck_interval} is over (specification 1.19). */
    static Fields readiness(WatchdogConfig config, Fields request) {
        long interval = config.timeouts().healthcheck().toSeconds();
        long period = interval == 0 ? USUAL_PERIOD : Math.max(1, Math.min(USUAL_PERIOD, interval / USUAL_FAILURES));
        long failures = interval == 0 ? USUAL_FAILURES : Math.max(1, Math.min(USUAL_FAILURES, interval / period));
        return Fields.of("httpGet", request)
                .with("periodSeconds", period)
                .with("timeoutSeconds", timeout(config))
                .with("failureThreshold", failures);
    }

    static int timeout(WatchdogConfig config) {
        return config.readyPath().isEmpty() ? 1 : FUNCTION_TIMEOUT;
    }
}
