package dev.fnwatchdog.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Builds the settings of a watchdog that a program embeds. Each method corresponds to an environment variable, and {@link #build}
 * validates all settings together (specification 1.4).
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.builder()
 *         .streaming()
 *         .function("python3 resize.py --width 300")
 *         .execTimeout(Duration.ofSeconds(5))
 *         .maxInflight(8)
 *         .set("content_type", "image/png")
 *         .build();
 * }</pre>
 *
 * <p>Threads: one.
 */
public final class WatchdogConfigBuilder {
    private final Map<String, String> settings = new HashMap<>();

    WatchdogConfigBuilder() {}

    /**
     * Selects http mode, which needs a {@link #function} as well.
     *
     * @param upstream the URL on which the function listens ({@code http_upstream_url})
     * @return this builder
     */
    public WatchdogConfigBuilder http(URI upstream) {
        return mode(Mode.HTTP).put(Definitions.UPSTREAM, upstream);
    }

    /**
     * Selects streaming mode, which needs a {@link #function} as well.
     *
     * @return this builder
     */
    public WatchdogConfigBuilder streaming() {
        return mode(Mode.STREAMING);
    }

    /**
     * Selects serializing mode, which needs a {@link #function} as well.
     *
     * @return this builder
     */
    public WatchdogConfigBuilder serializing() {
        return mode(Mode.SERIALIZING);
    }

    /**
     * Selects static mode.
     *
     * @param folder the folder whose files are served ({@code static_path}); it must exist
     * @return this builder
     */
    public WatchdogConfigBuilder files(Path folder) {
        return mode(Mode.STATIC).put(Definitions.STATIC_PATH, folder);
    }

    /**
     * Selects inproc mode. The function is an object that the program passes to the watchdog's builder, or the class that the
     * setting {@code handler} names.
     *
     * @return this builder
     */
    public WatchdogConfigBuilder inproc() {
        return mode(Mode.INPROC);
    }

    private WatchdogConfigBuilder mode(Mode mode) {
        return put(Definitions.MODE, mode.text());
    }

    /**
     * Sets the command of the function process ({@code fprocess}).
     *
     * @param command is split into words as by a POSIX shell, without expansion
     * @return this builder
     */
    public WatchdogConfigBuilder function(String command) {
        return put(Definitions.FPROCESS, command);
    }

    /**
     * Sets the port for requests.
     *
     * @param port 0–65535; 0: any free port
     * @return this builder
     */
    public WatchdogConfigBuilder port(int port) {
        return put(Definitions.PORT, port);
    }

    /**
     * Sets the port of {@code /metrics}.
     *
     * @param port 0–65535; 0: any free port
     * @return this builder
     */
    public WatchdogConfigBuilder metricsPort(int port) {
        return put(Definitions.METRICS_PORT, port);
    }

    /**
     * Sets the maximum duration of a request.
     *
     * @param timeout zero: no limit
     * @return this builder
     */
    public WatchdogConfigBuilder execTimeout(Duration timeout) {
        return put(Definitions.EXEC_TIMEOUT, GoDuration.format(timeout));
    }

    /**
     * Sets the maximum time in which a client has to send a request.
     *
     * @param timeout zero: no limit
     * @return this builder
     */
    public WatchdogConfigBuilder readTimeout(Duration timeout) {
        return put(Definitions.READ_TIMEOUT, GoDuration.format(timeout));
    }

    /**
     * Sets the maximum time for sending a response, and for draining at shutdown.
     *
     * @param timeout more than zero
     * @return this builder
     */
    public WatchdogConfigBuilder writeTimeout(Duration timeout) {
        return put(Definitions.WRITE_TIMEOUT, GoDuration.format(timeout));
    }

    /**
     * Sets how long requests are served after SIGTERM.
     *
     * @param interval zero: not at all
     * @return this builder
     */
    public WatchdogConfigBuilder healthcheckInterval(Duration interval) {
        return put(Definitions.HEALTHCHECK_INTERVAL, GoDuration.format(interval));
    }

    /**
     * Sets the maximum number of concurrent requests.
     *
     * @param requests 0: no limit
     * @return this builder
     */
    public WatchdogConfigBuilder maxInflight(int requests) {
        return put(Definitions.MAX_INFLIGHT, requests);
    }

    /**
     * Sets the maximum number of concurrent requests in the handler of inproc mode.
     *
     * @param requests 0: no limit
     * @return this builder
     */
    public WatchdogConfigBuilder handlerConcurrency(int requests) {
        return put(Definitions.HANDLER_CONCURRENCY, requests);
    }

    /**
     * Sets the init parameters of the servlet of inproc mode.
     *
     * @param parameters values without line breaks, by their names
     * @return this builder
     */
    public WatchdogConfigBuilder servletInit(Map<String, String> parameters) {
        return put(
                Definitions.SERVLET_INIT,
                parameters.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                        .collect(Collectors.joining("\n")));
    }

    /**
     * Sets the format of the log lines.
     *
     * @param format text or JSON
     * @return this builder
     */
    public WatchdogConfigBuilder logFormat(LogConfig.Format format) {
        return put(Definitions.LOG_FORMAT, format == LogConfig.Format.JSON ? "json" : "text");
    }

    /**
     * Sets any setting by the name and the text of its environment variable.
     *
     * @param name the name, such as {@code ready_path}
     * @param value the value as text
     * @return this builder
     * @throws IllegalArgumentException if there is no such setting
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
     * {@return the settings}
     *
     * @throws InvalidConfigException if settings are invalid; it contains all mistakes
     */
    public WatchdogConfig build() {
        return WatchdogConfig.parse(settings);
    }
}
