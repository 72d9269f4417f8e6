package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code --run-healthcheck} needs to find the watchdog beside it (contract 1). The other settings are not looked at: a
 * person who asks by hand has seldom set them.
 *
 * @param lockFile whether to look for the lock file; else the watchdog itself is asked
 * @param port where the watchdog is asked
 * @param temporaryDirectory where the lock file is
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
