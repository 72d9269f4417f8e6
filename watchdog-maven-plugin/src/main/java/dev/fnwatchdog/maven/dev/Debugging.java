package dev.fnwatchdog.maven.dev;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import java.util.List;
import java.util.Locale;
import org.apache.maven.plugin.logging.Log;
import org.jspecify.annotations.Nullable;

/**
 * Parses {@code watchdog.debug}: whether the JVM listens for a debugger, and on which port. A request that stands at a
 * breakpoint must not reach a timeout, so there are none.
 */
public final class Debugging {
    private static final int DEFAULT_PORT = 5005;
    private static final String PARAMETER = "watchdog.debug";
    private static final String LONG = "24h";
    private static final int MAX_PORT = 65_535;

    private Debugging() {}

    /**
     * Returns the JVM's arguments.
     *
     * @param suspend whether the JVM waits for the debugger before it starts the watchdog
     */
    public static List<String> arguments(@Nullable String value, boolean suspend) throws InvalidSettingsException {
        String text = value == null ? "false" : value.toLowerCase(Locale.ROOT);
        return switch (text) {
            case "false" -> List.of();
            case "", "true" -> onPort(DEFAULT_PORT, suspend);
            default -> onPort(port(text), suspend);
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

    private static List<String> onPort(int port, boolean suspend) {
        return List.of("-agentlib:jdwp=transport=dt_socket,server=y,suspend=%s,address=%d"
                .formatted(suspend ? "y" : "n", port));
    }

    /** Switches the timeouts of requests off, and says so. */
    public static void withoutTimeouts(RawSettings settings, Timeouts configured, Log log) {
        settings.put("exec_timeout", "0s", PARAMETER);
        settings.put("read_timeout", "0s", PARAMETER);
        // It has no value for "no limit", and is the default of the time after SIGTERM, which stays.
        settings.put("write_timeout", LONG, PARAMETER);
        settings.put("healthcheck_interval", GoDuration.format(configured.healthcheck()), PARAMETER);
        log.info(
                "Because of watchdog.debug no request times out: exec_timeout, read_timeout and write_timeout are off.");
    }
}
