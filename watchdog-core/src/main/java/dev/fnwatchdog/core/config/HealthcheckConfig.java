package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        List<Mistake> mistakes = Stream.of(Definitions.SUPPRESS_LOCK, Definitions.PORT, Variables.TEMPORARY_DIRECTORY)
                .flatMap(variables::mistakes)
                .collect(Collectors.toCollection(ArrayList::new));
        if (!config.lockFile() && config.port() == 0) {
            mistakes.add(new Mistake(
                    Definitions.PORT.name(),
                    "0",
                    "the port that the watchdog listens on, since with suppress_lock it is asked there"));
        }
        if (!mistakes.isEmpty()) {
            throw new InvalidConfigException(mistakes);
        }
        return config;
    }
}
