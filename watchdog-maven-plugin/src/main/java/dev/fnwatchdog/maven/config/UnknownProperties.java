package dev.fnwatchdog.maven.config;

import dev.fnwatchdog.core.config.Settings;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.descriptor.MojoDescriptor;
import org.apache.maven.plugin.logging.Log;

/**
 * Warns about properties that begin with {@code watchdog.} and have no meaning: they are probably mistyped, and Maven
 * does not report them.
 */
public final class UnknownProperties {
    private static final String PREFIX = "watchdog.";

    private final MojoExecution execution;

    public UnknownProperties(MojoExecution execution) {
        this.execution = execution;
    }

    public void warn(Properties userProperties, Log log) {
        userProperties.stringPropertyNames().stream()
                .filter(name -> name.startsWith(PREFIX) && !known(name))
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

    private boolean known(String name) {
        return RawSettings.isKnown(name.substring(PREFIX.length()))
                || parameters().anyMatch(("${" + name + "}")::equals);
    }

    private Stream<String> parameters() {
        return execution.getMojoDescriptor().getPluginDescriptor().getMojos().stream()
                .map(MojoDescriptor::getParameters)
                .flatMap(parameters -> parameters == null ? Stream.of() : parameters.stream())
                .map(parameter -> String.valueOf(parameter.getExpression()));
    }
}
