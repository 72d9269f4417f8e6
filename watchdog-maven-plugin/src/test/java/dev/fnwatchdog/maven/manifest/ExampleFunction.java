package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.Yaml;

/** Functions for the tests of manifests, and their manifests as YAML reads them. */
final class ExampleFunction {
    private ExampleFunction() {}

    /** Returns a function of http mode with these settings, pairs of names and values. */
    static DeployedFunction http(String... settings) {
        return with(
                "",
                merged(
                        Map.of("mode", "http", "fprocess", "cat", "http_upstream_url", "http://127.0.0.1:3000"),
                        settings));
    }

    /** Returns a function of inproc mode with these settings. */
    static DeployedFunction inproc(String... settings) {
        return with("", merged(Map.of("mode", "inproc", "handler", "hello.Hello"), settings));
    }

    static DeployedFunction with(String namespace, Map<String, String> settings) {
        // As the goal checks the settings, without what only the deployment knows.
        Map<String, String> complete = new HashMap<>(settings);
        complete.putIfAbsent("OPENFAAS_NAME", "function");
        complete.putIfAbsent("OPENFAAS_NAMESPACE", "namespace");
        return new DeployedFunction(
                DnsLabel.parse("watchdog.manifests.name", "hello"),
                namespace,
                "registry.example.com/functions/hello@sha256:" + "ab".repeat(32),
                "1.2",
                WatchdogConfig.parse(complete),
                settings.containsKey("OPENFAAS_NAME"),
                NonRootUser.parse("12000"),
                new ContainerResources("100m", "128Mi", "1", "256Mi"),
                List.of("java", "--run-healthcheck"));
    }

    private static Map<String, String> merged(Map<String, String> defaults, String... settings) {
        Map<String, String> all = new HashMap<>(defaults);
        for (int i = 0; i < settings.length; i += 2) {
            all.put(settings[i], settings[i + 1]);
        }
        return all;
    }

    /** Reads what a manifest is written as. */
    static List<Object> read(Manifest manifest) {
        List<Object> documents = new ArrayList<>();
        new Yaml().loadAll(YamlText.of(manifest.documents())).forEach(documents::add);
        return documents;
    }

    /** Returns what is at a path of names and numbers such as {@code spec/ports/0/port}. */
    static Object at(Object node, String path) {
        Object found = node;
        for (String step : path.split("/", -1)) {
            found = Objects.requireNonNull(
                    found instanceof List<?> list ? list.get(Integer.parseInt(step)) : ((Map<?, ?>) found).get(step),
                    () -> "nothing at " + path);
        }
        return found;
    }
}
