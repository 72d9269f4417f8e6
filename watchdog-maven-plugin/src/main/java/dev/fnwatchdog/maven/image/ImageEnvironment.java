package dev.fnwatchdog.maven.image;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The image's environment variables: the user's, those that follow from the project's files, and the text encoding. */
public final class ImageEnvironment {
    private static final String DERIVED = "the project's files";

    private ImageEnvironment() {}

    /** Adds what the user has not set, and returns all variables in the order of their names. */
    public static SortedMap<String, String> complete(RawSettings given, FunctionFiles files) throws IOException {
        given.putDefault("LANG", "C.UTF-8");
        if (!given.isSet("fprocess") && files.hasClasses()) {
            given.putDefault("mode", "inproc");
        }
        String path = String.join(":", files.functionPath());
        if (!path.isEmpty()) {
            // A function process that is a Java program finds its classes by the variable that Java itself reads.
            given.putDefault(inproc(given) ? "function_path" : "CLASSPATH", path);
        }
        return Collections.unmodifiableSortedMap(new TreeMap<>(given.environment()));
    }

    private static boolean inproc(RawSettings given) {
        return "inproc".equals(given.environment().get("mode"));
    }

    /**
     * Checks the settings as the watchdog in the image will.
     *
     * @param elsewhere an existing folder, in place of folders that only the base image or a mount provides
     */
    public static WatchdogConfig check(RawSettings complete, List<ImageLayer> layers, Path elsewhere)
            throws InvalidSettingsException {
        UnaryOperator<String> here = path -> find(path, layers, elsewhere).toString();
        String functionPath = complete.environment().getOrDefault("function_path", "");
        if (!functionPath.isEmpty()) {
            String found = Stream.of(functionPath.split(":", -1))
                    .map(path -> path.isEmpty() ? path : here.apply(path))
                    .collect(Collectors.joining(":"));
            complete.put("function_path", found, DERIVED);
        }
        if ("static".equals(complete.environment().get("mode"))) {
            complete.put("static_path", elsewhere.toString(), DERIVED);
        }
        // These are set where the function is deployed.
        complete.putDefault("OPENFAAS_NAME", "function").putDefault("OPENFAAS_NAMESPACE", "namespace");
        return complete.parse();
    }

    /** Returns where a file of the image is on this machine; for a folder, any existing folder. */
    private static Path find(String path, List<ImageLayer> layers, Path elsewhere) {
        return layers.stream()
                .flatMap(layer -> layer.files().stream())
                .filter(file -> file.path().equals(path))
                .map(LayerFile::source)
                .findFirst()
                .orElse(elsewhere);
    }
}
