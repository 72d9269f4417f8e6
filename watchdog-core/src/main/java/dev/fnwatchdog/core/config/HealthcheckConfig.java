package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The settings with which {@code --run-healthcheck} finds the watchdog (specification 1.22, 1.23). No other settings
 * are read, because a user who runs it by hand has rarely set them.
 *
 * @param lockFile whether to look for the lock file; otherwise the watchdog's own health is requested
 * @param port the port of that request
 * @param temporaryDirectory the folder of the lock file
 */
public record HealthcheckConfig(boolean lockFile, int port, Path temporaryDirectory) {
    /**
     * Reads {@code suppress_lock}, {@code port} and {@code TMPDIR}.
     *
     * @throws InvalidConfigException with every mistake in them
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
