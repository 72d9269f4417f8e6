package dev.fnwatchdog.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All settings of a watchdog, parsed and validated (specification 1).
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.parse(System.getenv());
 * config.warnings().forEach(System.err::println);
 * System.out.println(config.mode().name() + " on port " + config.port());
 * }</pre>
 *
 * @param mode the mode, with the settings that it needs
 * @param port 0–65535; 0: any free port
 * @param metricsPort 0–65535; 0: any free port
 * @param timeouts the timeouts of requests and of a shutdown
 * @param maxInflight the maximum number of concurrent requests; 0: no limit
 * @param maxWaiting the maximum number of requests that wait for a permit; 0: none, but for {@code handler_concurrency} no limit
 * @param http2MaxStreams the maximum number of concurrent streams on one HTTP/2 connection, 1 or more
 * @param log what is logged, and how
 * @param readyPath the path of the function whose response {@code /_/ready} returns, empty if there is none
 * @param lockFile whether there is a lock file, on which health depends
 * @param jwtAuth whether requests need a token
 * @param jwt the authority of the tokens, and the identity of the function
 * @param warnings one line for each variable that is set and has no effect, or is a misspelled setting
 * @param temporaryDirectory the folder of the lock file: {@code TMPDIR}, otherwise {@code /tmp}
 */
public record WatchdogConfig(
        ModeConfig mode,
        int port,
        int metricsPort,
        Timeouts timeouts,
        int maxInflight,
        int maxWaiting,
        int http2MaxStreams,
        LogConfig log,
        String readyPath,
        boolean lockFile,
        boolean jwtAuth,
        JwtConfig jwt,
        List<String> warnings,
        Path temporaryDirectory) {
    /** Copies the warnings. */
    public WatchdogConfig {
        warnings = List.copyOf(warnings);
    }

    /** {@return a builder for settings in a program, whose names and types the compiler checks} */
    public static WatchdogConfigBuilder builder() {
        return new WatchdogConfigBuilder();
    }

    /**
     * Reads the settings from environment variables; variables that are not settings are ignored.
     *
     * @param environment all variables, by their names
     * @return the settings
     * @throws InvalidConfigException if settings are invalid; it contains all mistakes
     */
    public static WatchdogConfig parse(Map<String, String> environment) {
        return parse(environment, Path.of(Definitions.NAMESPACE_FILE));
    }

    static WatchdogConfig parse(Map<String, String> environment, Path namespaceFile) {
        return new ConfigReader(new Variables(environment), namespaceFile).read();
    }
}
