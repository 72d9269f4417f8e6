package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The settings by which {@code --run-healthcheck} finds the watchdog (specification 1.22, 1.23). Other settings are not read,
 * because users who run the check by hand rarely set them.
 *
 * <pre>{@code
 * HealthcheckConfig config = HealthcheckConfig.parse(System.getenv());
 * System.out.println(config.lockFile() ? "lock file in " + config.temporaryDirectory() : "port " + config.port());
 * }</pre>
 *
 * @param lockFile whether to look for the lock file; otherwise {@code /_/health} is requested
 * @param port the port of that request
 * @param temporaryDirectory the folder of the lock file
 */
public record HealthcheckConfig(boolean lockFile, int port, Path temporaryDirectory) {
    /**
     * Reads {@code suppress_lock}, {@code port} and {@code TMPDIR}.
     *
     * @param environment all variables, by their names
     * @return the settings of the check
     * @throws InvalidConfigException if one of them is invalid; it contains all mistakes
     */
    public static HealthcheckConfig parse(Map<String, String> environment) {
        Variables variables = new Variables(environment);
        HealthcheckConfig config = new HealthcheckConfig(
                !variables.isOn(Definitions.SUPPRESS_LOCK),
                variables.readOrDefault(Definitions.PORT),
                variables.readOrDefault(Variables.TEMPORARY_DIRECTORY));
        List<Mistake> mistakes = new ArrayList<>(variables.mistakes(Definitions.SUPPRESS_LOCK));
        mistakes.addAll(variables.mistakes(Definitions.PORT));
        mistakes.addAll(variables.mistakes(Variables.TEMPORARY_DIRECTORY));
        if (!config.lockFile() && config.port() == 0) {
            mistakes.add(new Mistake(
                    Definitions.PORT.name(),
                    "0",
                    "the port on which the watchdog listens, because suppress_lock is set"));
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidConfigException(mistakes);
        }
        return config;
    }
}
