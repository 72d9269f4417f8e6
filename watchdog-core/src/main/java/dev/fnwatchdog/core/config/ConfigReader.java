package dev.fnwatchdog.core.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks all variables, then creates the configuration from them.
 *
 * @param namespaceFile the file in which Kubernetes names the namespace (specification 8.2); need not exist
 */
record ConfigReader(Variables variables, Path namespaceFile) {
    private static final URI GATEWAY = URI.create("http://gateway.openfaas:8080");
    private static final URI LOCAL_GATEWAY = URI.create("http://127.0.0.1:8080");

    WatchdogConfig read() {
        Optional<String> namespace =
                variables.read(Definitions.FUNCTION_NAMESPACE).or(this::namespaceOfPod);
        ConfigCheck check = new ConfigCheck(variables, namespace.isPresent(), namespaceFile);
        check.rejectMistakes();
        Mode mode = variables.readOrDefault(Definitions.MODE);
        return new WatchdogConfig(
                modeConfig(mode),
                variables.readOrDefault(Definitions.PORT),
                variables.readOrDefault(Definitions.METRICS_PORT),
                timeouts(),
                variables.readOrDefault(Definitions.MAX_INFLIGHT),
                variables.readOrDefault(Definitions.MAX_WAITING),
                variables.readOrDefault(Definitions.HTTP2_MAX_STREAMS),
                LogConfig.of(variables),
                variables.read(Definitions.READY_PATH).orElse(""),
                !variables.isOn(Definitions.SUPPRESS_LOCK),
                variables.isOn(Definitions.JWT_AUTH),
                jwt(namespace.orElse("")),
                check.warnings(mode),
                variables.readOrDefault(Variables.TEMPORARY_DIRECTORY));
    }

    private ModeConfig modeConfig(Mode mode) {
        return switch (mode) {
            case HTTP ->
                new ModeConfig.Http(
                        required(Definitions.FPROCESS),
                        required(Definitions.UPSTREAM),
                        variables.isOn(Definitions.BUFFER_REQUEST_BODY),
                        variables.readOrDefault(Definitions.STARTUP_WAIT),
                        variables.read(Definitions.METRICS_UPSTREAM_PATH).orElse(""));
            case STREAMING ->
                new ModeConfig.Streaming(
                        required(Definitions.FPROCESS), output(), variables.isOn(Definitions.CGI_HEADERS));
            case SERIALIZING ->
                new ModeConfig.Serializing(
                        required(Definitions.FPROCESS),
                        output(),
                        variables.isOn(Definitions.CGI_HEADERS),
                        variables.isOn(Definitions.COMBINED_OUTPUT));
            case STATIC ->
                new ModeConfig.Static(
                        variables.readOrDefault(Definitions.STATIC_PATH), variables.isOn(Definitions.STATIC_SPA));
            case INPROC ->
                new ModeConfig.Inproc(
                        variables.read(Definitions.HANDLER).orElse(""),
                        variables.read(Definitions.FUNCTION_PATH).orElse(List.of()),
                        variables.readOrDefault(Definitions.HANDLER_CONCURRENCY),
                        variables.read(Definitions.SERVLET_INIT).orElse(Map.of()));
        };
    }

    private ModeConfig.Output output() {
        return new ModeConfig.Output(
                variables.readOrDefault(Definitions.CONTENT_TYPE), variables.isOn(Definitions.CGI_RESPONSE));
    }

    private <T> T required(Definition<T> setting) {
        return variables
                .read(setting)
                .orElseThrow(() -> new IllegalStateException(setting.name() + " was not checked"));
    }

    private Timeouts timeouts() {
        Duration write = variables.readOrDefault(Definitions.WRITE_TIMEOUT);
        return new Timeouts(
                variables.readOrDefault(Definitions.EXEC_TIMEOUT),
                variables.readOrDefault(Definitions.READ_TIMEOUT),
                write,
                variables.read(Definitions.HEALTHCHECK_INTERVAL).orElse(write));
    }

    private JwtConfig jwt(String namespace) {
        URI builtIn = variables.isOn(Definitions.JWT_AUTH_LOCAL) ? LOCAL_GATEWAY : GATEWAY;
        return new JwtConfig(
                variables.read(Definitions.JWT_AUTH_AUTHORITY).orElse(builtIn),
                variables.isOn(Definitions.JWT_AUTH_DEBUG),
                variables.read(Definitions.FUNCTION_NAME).orElse(""),
                namespace);
    }

    private Optional<String> namespaceOfPod() {
        if (!variables.isOn(Definitions.JWT_AUTH)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(namespaceFile).strip()).filter(text -> !text.isEmpty());
        } catch (IOException ignored) {
            // Outside Kubernetes the file does not exist. The missing namespace is then reported as a mistake that
            // names the file.
            return Optional.empty();
        }
    }
}
