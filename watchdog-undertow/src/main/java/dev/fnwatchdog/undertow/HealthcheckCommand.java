package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.log.Console;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Asks a watchdog on this machine for its health, as {@code --run-healthcheck} does without a lock file (contract 1). */
final class HealthcheckCommand {
    private static final int PATIENCE_MILLIS = 2_000;

    private HealthcheckCommand() {}

    /** Whether it is healthy; where it is not, the reason goes to standard error. */
    static boolean healthy(int port) {
        URI health = URI.create("http://127.0.0.1:" + port + "/_/health");
        try {
            HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
            connection.setConnectTimeout(PATIENCE_MILLIS);
            connection.setReadTimeout(PATIENCE_MILLIS);
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                Console.error(health + " answers " + status);
            }
            return status == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            Console.error(health + " cannot be reached: " + e.getMessage());
            return false;
        }
    }
}
