package dev.fnwatchdog.junit;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.Setting;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/**
 * The settings of a watchdog under test (specification 12.3). Nothing comes from the environment of the tests, so that a result
 * does not depend on the machine.
 *
 * @param origin where they are written, for messages
 * @param variables settings, and variables of the function process
 */
record TestSettings(String origin, Map<String, String> variables) {
    private static final String INPROC = "inproc";
    private static final String ANY_PORT = "0";

    TestSettings {
        variables = Map.copyOf(variables);
    }

    /**
     * Reads lines of {@code name=value}, and adds the defaults of a test.
     *
     * @throws ExtensionConfigurationException for a line that is no setting
     */
    static TestSettings parse(String origin, String... lines) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String line : lines) {
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new ExtensionConfigurationException(
                        "%s: \"%s\" cannot be used: expected name=value".formatted(origin, line));
            }
            String name = line.substring(0, equals).strip();
            if (variables.put(name, line.substring(equals + 1).strip()) != null) {
                throw new ExtensionConfigurationException("%s sets %s twice".formatted(origin, name));
            }
        }
        if (List.of("mode", "fprocess", "function_process").stream().noneMatch(variables::containsKey)) {
            variables.put("mode", INPROC);
        }
        variables.putIfAbsent("port", ANY_PORT);
        variables.putIfAbsent("metrics_port", ANY_PORT);
        TestSettings settings = new TestSettings(origin, variables);
        variables.keySet().forEach(settings::refuseUnknown);
        return settings;
    }

    /** Refuses a name that has no effect in a test: no setting, and without a process whose variable it could be. */
    private void refuseUnknown(String name) {
        if (isSetting(name)) {
            return;
        }
        Optional<String> meant = Settings.meant(name);
        if (meant.isPresent()) {
            throw new ExtensionConfigurationException(
                    "%s: %s is not a setting; did you mean %s?".formatted(origin, name, meant.get()));
        }
        if (INPROC.equals(variables.get("mode"))) {
            throw new ExtensionConfigurationException(
                    "%s: %s is not a setting, and a function in mode inproc has the environment of the tests"
                            .formatted(origin, name));
        }
    }

    private static boolean isSetting(String name) {
        for (Setting setting : Settings.all()) {
            if (setting.name().equals(name) || setting.aliases().contains(name)) {
                return true;
            }
        }
        return false;
    }

    /** Returns these settings with the function's class. */
    TestSettings withHandler(Class<?> handler) {
        Map<String, String> more = new LinkedHashMap<>(variables);
        if (more.put("handler", handler.getName()) != null) {
            throw new ExtensionConfigurationException("%s names a handler twice".formatted(origin));
        }
        return new TestSettings(origin, more);
    }

    /**
     * Checks the settings as the watchdog does.
     *
     * @throws ExtensionConfigurationException with one line per mistake
     */
    WatchdogConfig config() {
        try {
            return WatchdogConfig.parse(variables);
        } catch (InvalidConfigException e) {
            throw new ExtensionConfigurationException("%s: %s".formatted(origin, e.getMessage()), e);
        }
    }
}
