package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.Deque;

/** A server whose queue is full: who connects now waits. Threads: one. */
final class FullBacklog implements AutoCloseable {
    private static final int CONNECT_MILLIS = 100;

    private final ServerSocket server;
    private final Deque<Socket> sockets = new ArrayDeque<>();

    private FullBacklog(ServerSocket server) {
        this.server = server;
    }

    static FullBacklog of(ServerSocket server) throws IOException {
        FullBacklog full = new FullBacklog(server);
        while (full.queueOne()) {
            // Another one.
        }
        return full;
    }

    int port() {
        return server.getLocalPort();
    }

    private boolean queueOne() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        try {
            socket.connect(server.getLocalSocketAddress(), CONNECT_MILLIS);
            return true;
        } catch (SocketTimeoutException full) {
            return false;
        }
    }

    /** Takes all that are queued, and one that has waited for a place. */
    void acceptAll() throws IOException {
        for (int i = sockets.size(); i > 0; i--) {
            sockets.add(server.accept());
        }
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
