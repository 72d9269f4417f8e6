package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Checks whether the function of a watchdog on this machine is ready. */
final class ReadyCheck {
    private static final int TIMEOUT_MILLIS = 2_000;

    private ReadyCheck() {}

    static boolean of(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:%d/_/ready".formatted(port))
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        } catch (IOException notYet) {
            return false;
        }
    }
}
