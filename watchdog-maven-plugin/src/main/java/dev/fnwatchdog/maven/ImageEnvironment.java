package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The image's environment variables: those of the project, what follows from the project's files, and how text is encoded. */
final class ImageEnvironment {
    private static final String SEPARATOR = ":";

    private ImageEnvironment() {}

    /** The variables in the order of their names. A project with code and without a process is a function in-process. */
    static SortedMap<String, String> of(Map<String, String> configured, FunctionFiles files) throws IOException {
        SortedMap<String, String> environment = new TreeMap<>(Map.of("LANG", "C.UTF-8"));
        environment.putAll(configured);
        boolean chosen = Stream.of("mode", "fprocess", "function_process")
                .anyMatch(name -> !environment.getOrDefault(name, "").isEmpty());
        if (!chosen && files.hasClasses()) {
            environment.put("mode", "inproc");
        }
        if ("inproc".equals(environment.get("mode"))
                && environment.getOrDefault("function_path", "").isEmpty()) {
            List<String> path = files.functionPath();
            if (!path.isEmpty()) {
                environment.put("function_path", String.join(SEPARATOR, path));
            }
        }
        return Collections.unmodifiableSortedMap(environment);
    }

    /**
     * Reads the variables as the watchdog in the image will.
     *
     * @param elsewhere a folder that is there, in place of those that only the base image or a mount can bring
     * @throws InvalidConfigException with every mistake there is
     */
    static WatchdogConfig check(Map<String, String> environment, List<ImageLayer> layers, Path elsewhere) {
        Map<String, String> here = new TreeMap<>(environment);
        UnaryOperator<String> find = path -> find(path, layers, elsewhere).toString();
        here.computeIfPresent("static_path", (name, path) -> find.apply(path));
        if ("static".equals(here.get("mode"))) {
            here.putIfAbsent("static_path", elsewhere.toString());
        }
        here.computeIfPresent(
                "function_path",
                (name, paths) -> Stream.of(paths.split(SEPARATOR, -1))
                        .map(path -> path.isEmpty() ? path : find.apply(path))
                        .collect(Collectors.joining(SEPARATOR)));
        // Given where the function is deployed.
        here.putIfAbsent("OPENFAAS_NAME", "function");
        here.putIfAbsent("OPENFAAS_NAMESPACE", "namespace");
        return WatchdogConfig.parse(here);
    }

    /** Where a file of the image is on this machine; for a folder, any. */
    private static Path find(String path, List<ImageLayer> layers, Path elsewhere) {
        return layers.stream()
                .flatMap(layer -> layer.files().stream())
                .filter(file -> file.path().equals(path))
                .map(LayerFile::source)
                .findFirst()
                .orElse(elsewhere);
    }
}
