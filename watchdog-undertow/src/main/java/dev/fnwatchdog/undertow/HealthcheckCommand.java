package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.log.Console;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Requests the health of a watchdog on this machine for {@code --run-healthcheck} (specification 1.22, 1.23). */
final class HealthcheckCommand {
    private static final int TIMEOUT_MILLIS = 2_000;

    private HealthcheckCommand() {}

    /** Returns whether it is healthy; otherwise prints the reason to standard error. */
    static boolean healthy(int port) {
        URI health = URI.create("http://127.0.0.1:" + port + "/_/health");
        try {
            HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                Console.error(health + " responds with status " + status);
            }
            return status == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            Console.error(health + " cannot be reached: " + e.getMessage());
            return false;
        }
    }
}
