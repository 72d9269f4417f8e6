package dev.fnwatchdog.maven.config;

import java.util.Properties;
import java.util.stream.Stream;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.descriptor.MojoDescriptor;
import org.apache.maven.plugin.logging.Log;

/** Names that begin with {@code watchdog.} and mean nothing: they are mistyped, and Maven itself would never say so. */
public final class UnknownProperties {
    private static final String PREFIX = "watchdog.";

    private final MojoExecution execution;

    public UnknownProperties(MojoExecution execution) {
        this.execution = execution;
    }

    public void warn(Properties onTheCommandLine, Log log) {
        onTheCommandLine.stringPropertyNames().stream()
                .filter(name -> name.startsWith(PREFIX) && !known(name))
                .sorted()
                .forEach(name -> log.warn(
                        "-D%s has no effect: it is neither a setting of the watchdog nor a parameter of a goal (mvn watchdog:help -Ddetail)"
                                .formatted(name)));
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
