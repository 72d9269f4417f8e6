package dev.fnwatchdog.core.process.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connections that a listening socket accepts once it ignores new handshakes. */
class HandshakeFilterTest {
    private static final int CONNECT_MILLIS = 200;

    private static int descriptor(ServerSocketChannel port) throws Throwable {
        Class<?> selectable = Class.forName("sun.nio.ch.SelChImpl");
        return (int) MethodHandles.lookup()
                .findVirtual(selectable, "getFDVal", MethodType.methodType(int.class))
                .invoke(port);
    }

    /** Proves specification 7.7. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    @EnabledForJreRange(min = JRE.JAVA_22)
    void newHandshakesAreIgnoredAndWaitingConnectionsAreAccepted(String host) throws Throwable {
        try (ServerSocketChannel port = ServerSocketChannel.open().bind(new InetSocketAddress(0));
                Socket waiting = new Socket(host, port.socket().getLocalPort())) {
            assertThat(HandshakeFilter.attach(descriptor(port))).isTrue();

            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connect(port, host));
            try (SocketChannel accepted = port.accept()) {
                waiting.getOutputStream().write(7);
                assertThat(accepted.socket().getInputStream().read()).isEqualTo(7);
                accepted.socket().getOutputStream().write(8);
                assertThat(waiting.getInputStream().read()).isEqualTo(8);
            }
        }
    }

    private static void connect(ServerSocketChannel port, String host) throws IOException {
        try (Socket late = new Socket()) {
            late.connect(new InetSocketAddress(host, port.socket().getLocalPort()), CONNECT_MILLIS);
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22)
    void theHandshakeFilterCannotBeAttachedToWhatIsNoSocket() {
        assertThat(HandshakeFilter.attach(-1)).isFalse();
    }

    @Test
    @DisabledForJreRange(min = JRE.JAVA_22)
    void onAnOlderJdkTheHandshakeFilterIsNotAttached() throws Throwable {
        try (ServerSocketChannel port = ServerSocketChannel.open().bind(new InetSocketAddress(0))) {
            assertThat(HandshakeFilter.attach(descriptor(port))).isFalse();

            connect(port, "127.0.0.1");
        }
    }
}
