package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.InvalidSettingsException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parses {@code watchdog.debug}: whether the JVM waits for a debugger, and on which port. */
public final class Debugging {
    private static final int DEFAULT_PORT = 5005;
    private static final int MAX_PORT = 65_535;

    private Debugging() {}

    /** Returns the JVM's arguments. */
    public static List<String> arguments(@Nullable String value) throws InvalidSettingsException {
        String text = value == null ? "false" : value.toLowerCase(Locale.ROOT);
        return switch (text) {
            case "false" -> List.of();
            case "", "true" -> onPort(DEFAULT_PORT);
            default -> onPort(port(text));
        };
    }

    private static int port(String text) throws InvalidSettingsException {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException ignored) {
            // Reported below.
        }
        throw new InvalidSettingsException(
                "watchdog.debug=\"%s\" cannot be used: expected true, false or a port from 1 to 65535".formatted(text));
    }

    private static List<String> onPort(int port) {
        return List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=" + port);
    }
}
