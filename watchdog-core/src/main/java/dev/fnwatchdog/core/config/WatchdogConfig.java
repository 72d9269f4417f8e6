package dev.fnwatchdog.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All settings, parsed and validated (specification 1).
 *
 * @param port 0–65535; 0: any free port
 * @param metricsPort 0–65535; 0: any free port
 * @param maxInflight the most requests at once; 0: no limit
 * @param maxWaiting the most requests beyond a limit of requests at once that wait; 0: none, except for {@code
 *     handler_concurrency}, where it is no limit
 * @param http2MaxStreams the most streams at once on one HTTP/2 connection, 1 or more
 * @param readyPath the path of the function whose response {@code /_/ready} returns, empty if there is none
 * @param lockFile whether there is a lock file, on which health depends
 * @param jwtAuth whether requests need a token
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
    public WatchdogConfig {
        warnings = List.copyOf(warnings);
    }

    /** Returns a builder for settings in a program, where types and names are checked by the compiler. */
    public static WatchdogConfigBuilder builder() {
        return new WatchdogConfigBuilder();
    }

    /**
     * Reads the settings from environment variables; variables that are not settings are ignored.
     *
     * @throws InvalidConfigException with all mistakes
     */
    public static WatchdogConfig parse(Map<String, String> environment) {
        return parse(environment, Path.of(Definitions.NAMESPACE_FILE));
    }

    static WatchdogConfig parse(Map<String, String> environment, Path namespaceFile) {
        return new ConfigReader(new Variables(environment), namespaceFile).read();
    }
}
