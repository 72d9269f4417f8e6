package dev.fnwatchdog.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * All settings, parsed and checked (contract 1).
 *
 * @param port 0–65535; 0 is any free port
 * @param metricsPort 0–65535; 0 is any free port
 * @param maxInflight calls at once; 0 is no limit
 * @param http2MaxStreams requests at once on one HTTP/2 connection, 1 or more
 * @param readyPath the path that {@code /_/ready} asks the function for, empty where there is none
 * @param lockFile whether the lock file is written and looked for
 * @param jwtAuth whether calls need a token
 * @param warnings one line for each known variable that is set and has no effect
 * @param temporaryDirectory where the lock file is: {@code TMPDIR}, else {@code /tmp}
 */
public record WatchdogConfig(
        ModeConfig mode,
        int port,
        int metricsPort,
        Timeouts timeouts,
        int maxInflight,
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

    /**
     * Reads the settings from environment variables; names that are no setting's are passed over.
     *
     * @throws InvalidConfigException with every mistake there is
     */
    public static WatchdogConfig parse(Map<String, String> environment) {
        return parse(environment, Path.of(Definitions.NAMESPACE_FILE));
    }

    static WatchdogConfig parse(Map<String, String> environment, Path namespaceFile) {
        return new ConfigReader(new Variables(environment), namespaceFile).read();
    }
}
