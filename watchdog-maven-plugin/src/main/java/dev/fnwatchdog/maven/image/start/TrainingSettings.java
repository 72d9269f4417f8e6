package dev.fnwatchdog.maven.image.start;

import dev.fnwatchdog.core.config.ModeConfig;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The image's settings with a stand-in for the function, which needs what only the image has, and with ports of this
 * machine.
 */
public final class TrainingSettings implements ModeConfig.Visitor<Map<String, String>> {
    private static final Map<String, String> CAT = Map.of("fprocess", "cat", "function_process", "");

    private final int upstreamPort;
    private final UnaryOperator<String> onThisMachine;

    /**
     * Creates settings for a run on this machine.
     *
     * @param upstreamPort the port of the stand-in for a function that has a server of its own
     * @param onThisMachine maps a path of the image to one on this machine
     */
    public TrainingSettings(int upstreamPort, UnaryOperator<String> onThisMachine) {
        this.upstreamPort = upstreamPort;
        this.onThisMachine = onThisMachine;
    }

    public Map<String, String> of(Map<String, String> environment, ModeConfig mode) {
        Map<String, String> settings = new TreeMap<>(environment);
        settings.keySet().removeIf(name -> name.startsWith("jwt_"));
        settings.putAll(Map.of("port", "0", "metrics_port", "0", "healthcheck_interval", "0s", "write_timeout", "5s"));
        settings.computeIfPresent("static_path", (name, path) -> onThisMachine.apply(path));
        settings.computeIfPresent(
                "function_path",
                (name, paths) ->
                        Stream.of(paths.split(":", -1)).map(onThisMachine).collect(Collectors.joining(":")));
        settings.putAll(mode.accept(this));
        return settings;
    }

    @Override
    public Map<String, String> http(ModeConfig.Http mode) {
        return Map.of(
                "fprocess", "sleep 600",
                "function_process", "",
                "http_upstream_url", "http://127.0.0.1:" + upstreamPort,
                "ready_path", "");
    }

    @Override
    public Map<String, String> streaming(ModeConfig.Streaming mode) {
        return CAT;
    }

    @Override
    public Map<String, String> serializing(ModeConfig.Serializing mode) {
        return CAT;
    }

    @Override
    public Map<String, String> files(ModeConfig.Static mode) {
        return Map.of();
    }

    @Override
    public Map<String, String> inproc(ModeConfig.Inproc mode) {
        // A probe would call the function, which the user has not permitted.
        return Map.of("ready_path", "");
    }
}
