package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.maven.config.InvalidSettingsException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What {@code watchdog.debug} says: whether the JVM waits for a debugger, and on which port. */
public final class Debugging {
    private static final int USUAL_PORT = 5005;
    private static final int HIGHEST_PORT = 65_535;

    private Debugging() {}

    /** The JVM's arguments for it. */
    public static List<String> arguments(@Nullable String wanted) throws InvalidSettingsException {
        String text = wanted == null ? "false" : wanted.toLowerCase(Locale.ROOT);
        return switch (text) {
            case "false" -> List.of();
            case "", "true" -> onPort(USUAL_PORT);
            default -> onPort(port(text));
        };
    }

    private static int port(String text) throws InvalidSettingsException {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= HIGHEST_PORT) {
                return port;
            }
        } catch (NumberFormatException ignored) {
            // Told below.
        }
        throw new InvalidSettingsException(
                "watchdog.debug=\"%s\" cannot be used: expected true, false or a port from 1 to 65535".formatted(text));
    }

    private static List<String> onPort(int port) {
        return List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=" + port);
    }
}
