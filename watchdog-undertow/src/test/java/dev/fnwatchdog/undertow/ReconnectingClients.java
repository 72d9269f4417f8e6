package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that open a connection for every request, one after the other, until the port refuses them. A request is lost
 * where the handshake was complete, and then no whole response came.
 */
final class ReconnectingClients {
    // Less than a second, after which the system sends an ignored SYN again.
    private static final int CONNECT_MILLIS = 100;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger answered = new AtomicInteger();
    private final List<String> lost = new CopyOnWriteArrayList<>();
    private final int port;
    private final String request;

    private ReconnectingClients(int port, String target) {
        this.port = port;
        this.request = "GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(target);
    }

    /** They begin at once. */
    static ReconnectingClients start(int count, int port, String target) {
        ReconnectingClients clients = new ReconnectingClients(port, target);
        for (int i = 0; i < count; i++) {
            Thread thread = new Thread(clients::run, "client");
            thread.setDaemon(true);
            clients.threads.add(thread);
            thread.start();
        }
        return clients;
    }

    /** Responses that came whole, to all of them. */
    int answered() {
        return answered.get();
    }

    /** Waits until each has been refused; returns what became of the requests that were lost. */
    List<String> awaitRefused() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        return lost;
    }

    private void run() {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
                send(new RawClient(socket));
            } catch (ConnectException refused) {
                return;
            } catch (SocketTimeoutException notConnected) {
                // No handshake; the next attempt finds the port closed.
            } catch (IOException reset) {
                lost.add("while it connected: " + reset);
            }
        }
    }

    private void send(RawClient client) {
        try {
            String response = client.send(request).readWhole();
            if (response.startsWith("HTTP/1.1 200 ")) {
                answered.incrementAndGet();
            } else {
                lost.add(response);
            }
        } catch (IOException broken) {
            lost.add("after it had connected: " + broken);
        }
    }
}
