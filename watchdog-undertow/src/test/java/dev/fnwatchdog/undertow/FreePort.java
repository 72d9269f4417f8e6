package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** A port for a function that has to be told where to listen. */
final class FreePort {
    // Below what systems give to clients' connections: one of those would else take the port before the function does.
    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 30_000;
    private static final int ATTEMPTS = 1_000;

    private FreePort() {}

    /** One that nobody listens on. */
    static int any() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException taken) {
                // Another try.
            }
        }
        throw new IllegalStateException("no port is free");
    }
}
