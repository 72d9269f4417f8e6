package dev.fnwatchdog.maven.config;

import dev.fnwatchdog.core.config.Settings;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.maven.plugin.descriptor.MojoDescriptor;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugin.logging.Log;

/**
 * Warns about properties that begin with {@code watchdog.} and have no meaning: they are probably mistyped, and Maven
 * does not report them.
 */
public final class UnknownProperties {
    private static final String PREFIX = "watchdog.";

    private UnknownProperties() {}

    /**
     * Warns about those of Maven's command line.
     *
     * @param plugin whose goals have the known parameters
     */
    public static void warn(Properties userProperties, PluginDescriptor plugin, Log log) {
        userProperties.stringPropertyNames().stream()
                .filter(name -> name.startsWith(PREFIX) && !known(name, plugin))
                .sorted()
                .forEach(name -> log.warn(
                        "-D%s has no effect: it is neither a setting of the watchdog nor a parameter of a goal (%s)"
                                .formatted(name, meant(name))));
    }

    private static String meant(String property) {
        return Settings.meant(property.substring(PREFIX.length()))
                .map(setting -> "-D" + PREFIX + setting + " is one")
                .orElse("mvn watchdog:help -Ddetail");
    }

    private static boolean known(String name, PluginDescriptor plugin) {
        return RawSettings.isKnown(name.substring(PREFIX.length()))
                || parameters(plugin).anyMatch(("${" + name + "}")::equals);
    }

    private static Stream<String> parameters(PluginDescriptor plugin) {
        return plugin.getMojos().stream()
                .map(MojoDescriptor::getParameters)
                .flatMap(parameters -> parameters == null ? Stream.of() : parameters.stream())
                .map(parameter -> String.valueOf(parameter.getExpression()));
    }
}
