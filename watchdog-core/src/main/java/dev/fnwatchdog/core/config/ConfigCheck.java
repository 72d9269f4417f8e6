package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds all mistakes and all settings without effect (specification 1.4 to 1.7). Used once, by one thread. */
final class ConfigCheck {
    private static final Pattern OWN_HOST = Pattern.compile("(?i)localhost|127\\.[0-9.]+|0\\.0\\.0\\.0|\\[::1?]");

    private final Variables variables;
    private final boolean namespaceKnown;
    private final Path namespaceFile;
    private final List<Mistake> mistakes = new ArrayList<>();

    ConfigCheck(Variables variables, boolean namespaceKnown, Path namespaceFile) {
        this.variables = variables;
        this.namespaceKnown = namespaceKnown;
        this.namespaceFile = namespaceFile;
    }

    void rejectMistakes() {
        for (Definition<?> setting : Definitions.ALL) {
            mistakes.addAll(variables.mistakes(setting));
        }
        checkPorts();
        checkWaiting();
        // Nothing is required by a mode that is wrong.
        if (isValid(Definitions.MODE)) {
            checkMode(variables.readOrDefault(Definitions.MODE));
        }
        checkJwt();
        mistakes.addAll(variables.mistakes(Variables.TEMPORARY_DIRECTORY));
        if (!mistakes.isEmpty()) {
            throw new InvalidConfigException(mistakes);
        }
    }

    /** Returns one line for each variable that is set and has no effect, or is a misspelled setting (specification 1.7, 1.8). */
    List<String> warnings(Mode mode) {
        List<String> warnings = new ArrayList<>();
        for (Definition<?> setting : Definitions.ALL) {
            List<String> names = variables.namesSet(setting);
            if (!setting.modes().contains(mode)) {
                for (String name : names) {
                    warnings.add(withoutEffect(name, setting, mode));
                }
            } else if (overridden(setting, names)) {
                warnings.add("%s has no effect: %s takes precedence".formatted(names.get(1), names.get(0)));
            }
        }
        if (Definitions.FPROCESS.modes().contains(mode)) {
            Optional<CommandLine> command = variables.read(Definitions.FPROCESS);
            if (command.isPresent() && !command.get().shellOperator().isEmpty()) {
                warnings.add(withoutShell(command.get()));
            }
        }
        for (String name : variables.names()) {
            Optional<String> meant = Misspelling.meant(name);
            if (meant.isPresent()) {
                warnings.add("%s is not a setting: the setting is %s".formatted(name, meant.get()));
            }
        }
        return warnings;
    }

    private static String withoutShell(CommandLine command) {
        return "%s gets \"%s\" as an argument, because no shell runs fprocess: use sh -c '...'"
                .formatted(command.program(), command.shellOperator());
    }

    /** Never true for booleans, which either name turns on. */
    private boolean overridden(Definition<?> setting, List<String> names) {
        return names.size() > 1
                && !setting.type().equals(ValueTypes.BOOLEAN)
                && !variables.text(names.get(0)).equals(variables.text(names.get(1)));
    }

    private static String withoutEffect(String name, Definition<?> setting, Mode mode) {
        return "%s has no effect in mode %s, only in %s"
                .formatted(
                        name,
                        mode.text(),
                        setting.modes().stream().map(Mode::text).collect(Collectors.joining(", ")));
    }

    private boolean isValid(Definition<?> setting) {
        return variables.mistakes(setting).isEmpty();
    }

    private void checkPorts() {
        if (!isValid(Definitions.PORT) || !isValid(Definitions.METRICS_PORT)) {
            return;
        }
        int port = variables.readOrDefault(Definitions.PORT);
        if (port != 0 && port == variables.readOrDefault(Definitions.METRICS_PORT)) {
            add(
                    Definitions.METRICS_PORT.name(),
                    Integer.toString(port),
                    "a port that differs from the setting port, or 0");
        }
    }

    /** Rejects a queue for a limit that does not exist. */
    private void checkWaiting() {
        if (isPositive(Definitions.MAX_WAITING)
                && !isPositive(Definitions.MAX_INFLIGHT)
                && !isPositive(Definitions.HANDLER_CONCURRENCY)) {
            addSet(Definitions.MAX_WAITING, "0, unless max_inflight is set (or handler_concurrency in mode inproc)");
        }
    }

    private boolean isPositive(Definition<Integer> count) {
        return isValid(count) && variables.readOrDefault(count) > 0;
    }

    private void checkMode(Mode mode) {
        for (Definition<?> setting : Definitions.ALL) {
            if (setting.required()
                    && setting.modes().contains(mode)
                    && variables.namesSet(setting).isEmpty()) {
                add(
                        setting.name(),
                        "",
                        "a %s, because mode %s needs it"
                                .formatted(setting.type().name(), mode.text()));
            }
        }
        if (mode == Mode.HTTP) {
            checkUpstream();
        }
        if (mode == Mode.STATIC) {
            checkStaticPath();
        }
        if (mode == Mode.INPROC) {
            checkFunctionPath();
        }
    }

    /**
     * Rejects an upstream that is the watchdog itself, which would forward requests to itself endlessly (specification
     * 1.14).
     */
    private void checkUpstream() {
        if (!isValid(Definitions.UPSTREAM)) {
            return;
        }
        Optional<URI> upstream = variables.read(Definitions.UPSTREAM);
        if (upstream.isPresent()
                && OWN_HOST.matcher(upstream.get().getHost()).matches()
                && (isPort(upstream.get(), Definitions.PORT) || isPort(upstream.get(), Definitions.METRICS_PORT))) {
            addSet(Definitions.UPSTREAM, "the function's port, not port or metrics_port of the watchdog");
        }
    }

    private boolean isPort(URI upstream, Definition<Integer> setting) {
        return isValid(setting) && variables.readOrDefault(setting) == upstream.getPort();
    }

    private void checkStaticPath() {
        if (!isValid(Definitions.STATIC_PATH)) {
            return;
        }
        Path root = variables.readOrDefault(Definitions.STATIC_PATH);
        if (!Files.isDirectory(root)) {
            add(Definitions.STATIC_PATH.name(), root.toString(), "an existing directory");
        }
    }

    private void checkFunctionPath() {
        List<String> missing = variables.read(Definitions.FUNCTION_PATH).orElse(List.of()).stream()
                .filter(path -> !Files.exists(path))
                .map(Path::toString)
                .toList();
        if (!missing.isEmpty()) {
            addSet(Definitions.FUNCTION_PATH, "existing jars and folders, not " + String.join(" and ", missing));
        }
    }

    private void checkJwt() {
        if (!variables.isOn(Definitions.JWT_AUTH)) {
            return;
        }
        if (variables.read(Definitions.FUNCTION_NAME).isEmpty()) {
            add(Definitions.FUNCTION_NAME.name(), "", "the function's name, because jwt_auth needs it");
        }
        if (!namespaceKnown) {
            add(
                    Definitions.FUNCTION_NAMESPACE.name(),
                    "",
                    "the function's namespace, because jwt_auth needs it and %s does not contain it"
                            .formatted(namespaceFile));
        }
    }

    /** Adds a mistake in a setting that is set, under the name that takes precedence. */
    private void addSet(Definition<?> setting, String expected) {
        String name = variables.namesSet(setting).get(0);
        add(name, variables.text(name).orElse(""), expected);
    }

    private void add(String setting, String value, String expected) {
        mistakes.add(new Mistake(setting, value, expected));
    }
}
