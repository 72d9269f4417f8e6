package dev.fnwatchdog.undertow.internal.devpage;

import dev.fnwatchdog.core.config.Setting;
import dev.fnwatchdog.core.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A setting as the page shows it.
 *
 * @param name the one under which it is set, which may be an alias
 * @param value without secrets
 * @param origin where it comes from
 */
record ShownSetting(String name, String value, String origin) {
    private static final String DEFAULT = "default";
    private static final String ENVIRONMENT = "environment";

    /**
     * Returns all settings, in the order of the table.
     *
     * @param environment the variables with the settings
     * @param origins of variables that do not come from the environment
     */
    static List<ShownSetting> all(Map<String, String> environment, Map<String, String> origins) {
        return Settings.all().stream()
                .map(setting -> of(setting, environment, origins))
                .toList();
    }

    private static ShownSetting of(Setting setting, Map<String, String> environment, Map<String, String> origins) {
        return Stream.concat(setting.aliases().stream(), Stream.of(setting.name()))
                // An empty value counts as not set.
                .filter(name -> !environment.getOrDefault(name, "").isEmpty())
                .findFirst()
                .map(name -> new ShownSetting(
                        name,
                        SecretFilter.withoutSecrets(environment.getOrDefault(name, "")),
                        origins.getOrDefault(name, ENVIRONMENT)))
                .orElseGet(() -> new ShownSetting(setting.name(), setting.defaultText(), DEFAULT));
    }
}
