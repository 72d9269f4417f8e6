package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Asks a watchdog of this machine whether its function is ready. */
final class ReadyCheck {
    private static final int LIMIT_MILLIS = 2_000;

    private ReadyCheck() {}

    static boolean of(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:%d/_/ready".formatted(port))
                    .toURL()
                    .openConnection();
            connection.setConnectTimeout(LIMIT_MILLIS);
            connection.setReadTimeout(LIMIT_MILLIS);
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
