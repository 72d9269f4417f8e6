package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.function.Predicate;

/**
 * All that a client got.
 *
 * @param received its bytes
 * @param closed whether the server closed the connection
 */
record Http1Conversation(String received, boolean closed) {
    /** Behind every case: one that is not read as a request has become a part of the case. */
    static final String LAST = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    /**
     * Sends the pieces, each in a write of its own, and reads until the server closes or is silent.
     *
     * @param silenceMillis for how long a server that has something to say may be silent
     */
    static Http1Conversation with(int port, List<String> pieces, int silenceMillis) throws IOException {
        return with(port, pieces, silenceMillis, received -> false);
    }

    /** As {@link #with(int, List, int)}, and no longer than until {@code enough} of what has come. */
    static Http1Conversation with(int port, List<String> pieces, int silenceMillis, Predicate<String> enough)
            throws IOException {
        try (RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), port)) {
            send(client, pieces);
            client.socket().setSoTimeout(silenceMillis);
            return receive(client, enough);
        }
    }

    private static void send(RawClient client, List<String> pieces) throws IOException {
        try {
            for (String piece : pieces) {
                client.send(piece);
            }
        } catch (SocketException closed) {
            // The server has refused what came before: it is read below.
        }
    }

    private static Http1Conversation receive(RawClient client, Predicate<String> enough) throws IOException {
        StringBuilder received = new StringBuilder();
        try {
            while (!enough.test(received.toString())) {
                String some = client.readSome();
                if (some.isEmpty()) {
                    return new Http1Conversation(received.toString(), true);
                }
                received.append(some);
            }
            return new Http1Conversation(received.toString(), false);
        } catch (SocketTimeoutException silent) {
            return new Http1Conversation(received.toString(), false);
        } catch (SocketException reset) {
            return new Http1Conversation(received.toString(), true);
        }
    }
}
