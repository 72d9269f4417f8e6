package dev.fnwatchdog.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Builds the settings of a watchdog that a program embeds. Each method sets what the variable of the same name sets, and {@link
 * #build} checks them together, as it checks variables (specification 1.4).
 *
 * <p>Threads: one.
 */
public final class WatchdogConfigBuilder {
    private final Map<String, String> settings = new HashMap<>();

    WatchdogConfigBuilder() {}

    /** Forwards requests to the server at {@code upstream}; needs a {@link #function}. */
    public WatchdogConfigBuilder http(URI upstream) {
        return mode(Mode.HTTP).put(Definitions.UPSTREAM, upstream);
    }

    /** Starts a process for each request and streams bodies; needs a {@link #function}. */
    public WatchdogConfigBuilder streaming() {
        return mode(Mode.STREAMING);
    }

    /** Starts a process for each request and buffers bodies; needs a {@link #function}. */
    public WatchdogConfigBuilder serializing() {
        return mode(Mode.SERIALIZING);
    }

    /** Serves the files of a folder. */
    public WatchdogConfigBuilder files(Path folder) {
        return mode(Mode.STATIC).put(Definitions.STATIC_PATH, folder);
    }

    /** Runs a handler in this JVM: an instance that the watchdog's builder is given, or a class that {@code handler} names. */
    public WatchdogConfigBuilder inproc() {
        return mode(Mode.INPROC);
    }

    private WatchdogConfigBuilder mode(Mode mode) {
        return put(Definitions.MODE, mode.text());
    }

    /** Sets the command line of the function process ({@code fprocess}). */
    public WatchdogConfigBuilder function(String command) {
        return put(Definitions.FPROCESS, command);
    }

    /** Sets the port for requests; 0: any free one. */
    public WatchdogConfigBuilder port(int port) {
        return put(Definitions.PORT, port);
    }

    /** Sets the port of {@code /metrics}; 0: any free one. */
    public WatchdogConfigBuilder metricsPort(int port) {
        return put(Definitions.METRICS_PORT, port);
    }

    /** Sets the longest that a request may take; zero: no limit. */
    public WatchdogConfigBuilder execTimeout(Duration timeout) {
        return put(Definitions.EXEC_TIMEOUT, GoDuration.format(timeout));
    }

    /** Sets the longest that a client may take to send a request; zero: no limit. */
    public WatchdogConfigBuilder readTimeout(Duration timeout) {
        return put(Definitions.READ_TIMEOUT, GoDuration.format(timeout));
    }

    /** Sets the longest that sending a response and a drain may take, over zero. */
    public WatchdogConfigBuilder writeTimeout(Duration timeout) {
        return put(Definitions.WRITE_TIMEOUT, GoDuration.format(timeout));
    }

    /** Sets how long requests are served after a stop has been requested by a signal. */
    public WatchdogConfigBuilder healthcheckInterval(Duration interval) {
        return put(Definitions.HEALTHCHECK_INTERVAL, GoDuration.format(interval));
    }

    /** Sets the most requests at once; 0: no limit. */
    public WatchdogConfigBuilder maxInflight(int requests) {
        return put(Definitions.MAX_INFLIGHT, requests);
    }

    /** Sets the most requests at once in the handler of inproc mode; 0: no limit. */
    public WatchdogConfigBuilder handlerConcurrency(int requests) {
        return put(Definitions.HANDLER_CONCURRENCY, requests);
    }

    /** Sets the init parameters of the servlet of inproc mode. */
    public WatchdogConfigBuilder servletInit(Map<String, String> parameters) {
        return put(
                Definitions.SERVLET_INIT,
                parameters.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                        .collect(Collectors.joining("\n")));
    }

    /** Sets the form of the log lines. */
    public WatchdogConfigBuilder logFormat(LogConfig.Format format) {
        return put(Definitions.LOG_FORMAT, format == LogConfig.Format.JSON ? "json" : "text");
    }

    /**
     * Sets any setting by the name and the text of its variable.
     *
     * @throws IllegalArgumentException where there is no such setting
     */
    public WatchdogConfigBuilder set(String name, String value) {
        if (Definitions.ALL.stream().noneMatch(setting -> setting.precedence().contains(name))) {
            throw new IllegalArgumentException("there is no setting " + name);
        }
        settings.put(name, value);
        return this;
    }

    private WatchdogConfigBuilder put(Definition<?> setting, Object value) {
        settings.put(setting.name(), value.toString());
        return this;
    }

    /**
     * Returns the settings.
     *
     * @throws InvalidConfigException with all mistakes
     */
    public WatchdogConfig build() {
        return WatchdogConfig.parse(settings);
    }
}
