package dev.fnwatchdog.undertow.internal.reload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import io.undertow.Undertow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests that wait for the next version of a function. Proves specification 7.27. */
class HeldRequestsTest {
    /** One I/O thread: those of several threads may overtake each other after their release. Proves specification 7.27. */
    @Test
    void requestsThatWaitForTheNextVersionReachItInTheOrderInWhichTheyArrived() throws Exception {
        HeldRequests held = new HeldRequests();
        Semaphore holding = new Semaphore(0);
        Queue<String> served = new ConcurrentLinkedQueue<>();
        Undertow server = Undertow.builder()
                .setIoThreads(1)
                .addHttpListener(0, "127.0.0.1")
                .setHandler(exchange -> {
                    held.hold(exchange);
                    holding.release();
                })
                .build();
        List<RawClient> clients = new ArrayList<>();
        try {
            server.start();
            int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), port);
                clients.add(client);
                client.send("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
                assertThat(holding.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
                sent.add("/" + i);
            }

            held.release(exchange -> {
                served.add(exchange.getRequestPath());
                exchange.getResponseSender().send("ok");
            });

            for (RawClient client : clients) {
                assertThat(client.readResponse()).endsWith("ok");
            }
            assertThat(served).containsExactlyElementsOf(sent);
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
            server.stop();
        }
    }
}
