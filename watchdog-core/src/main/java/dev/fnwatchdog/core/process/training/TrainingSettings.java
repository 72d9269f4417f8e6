package dev.fnwatchdog.core.process.training;

import dev.fnwatchdog.core.config.ModeConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The settings of a watchdog for training: its own, but with any free ports, without tokens, and with a stand-in for the
 * function, which may need what is not there yet.
 */
public final class TrainingSettings implements ModeConfig.Visitor<Map<String, String>> {
    // Training must not depend on how fast the function is expected to be.
    private static final String PATIENCE = "30s";

    private final Path java;
    private final String classPath;
    private final Function<URI, String> upstream;

    /**
     * Creates settings for a machine.
     *
     * @param java the {@code java} command that runs {@link StandInProcess}
     * @param classPath the class path of {@link StandInProcess}
     * @param upstream returns the URL of the stand-in for a function that has a server of its own, for the URL in the
     *     settings
     */
    public TrainingSettings(Path java, String classPath, Function<URI, String> upstream) {
        this.java = java;
        this.classPath = classPath;
        this.upstream = upstream;
    }

    /** Returns the settings without what differs from machine to machine; the function is still the real one. */
    public static Map<String, String> anywhere(Map<String, String> environment) {
        Map<String, String> settings = new TreeMap<>(environment);
        settings.keySet().removeIf(name -> name.startsWith("jwt_"));
        settings.putAll(Map.of(
                "port", "0",
                "metrics_port", "0",
                "exec_timeout", PATIENCE,
                "read_timeout", PATIENCE,
                "write_timeout", "5s",
                "healthcheck_interval", "0s",
                // A probe would reach the function, which the user has not permitted.
                "ready_path", ""));
        return settings;
    }

    /** Returns the settings with the stand-in for the function of {@code mode}. */
    public Map<String, String> of(Map<String, String> environment, ModeConfig mode) {
        Map<String, String> settings = anywhere(environment);
        settings.putAll(mode.accept(this));
        return settings;
    }

    @Override
    public Map<String, String> http(ModeConfig.Http mode) {
        return Map.of(
                "fprocess",
                StandInProcess.command(java, classPath, false),
                "function_process",
                "",
                "http_upstream_url",
                upstream.apply(mode.upstream()),
                "upstream_url",
                "");
    }

    @Override
    public Map<String, String> streaming(ModeConfig.Streaming mode) {
        return process(mode.output());
    }

    @Override
    public Map<String, String> serializing(ModeConfig.Serializing mode) {
        return process(mode.output());
    }

    private Map<String, String> process(ModeConfig.Output output) {
        return Map.of("fprocess", StandInProcess.command(java, classPath, output.cgi()), "function_process", "");
    }

    @Override
    public Map<String, String> files(ModeConfig.Static mode) {
        return Map.of();
    }

    @Override
    public Map<String, String> inproc(ModeConfig.Inproc mode) {
        return Map.of();
    }
}
