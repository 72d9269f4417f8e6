package dev.fnwatchdog.core.metrics;

import java.io.IOException;

/** Settings of the Prometheus library that cannot be used; the message is one line that names the setting (specification 2.19). */
public final class InvalidMetricsSettingsException extends IOException {
    private static final long serialVersionUID = 1L;

    InvalidMetricsSettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
