package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that a startup which fails while clients connect logs no error of a library. Proves specification 2.21. */
class StartFailureWithClientsTest {
    private static final int STARTS = 20;
    private static final int CLIENTS = 4;
    private static final long PAUSE_NANOS = 100_000;
    // A strong reference, because the logging system drops a logger without one, and its handlers with it.
    private static final Logger XNIO = Logger.getLogger("org.xnio");

    @TempDir
    private Path folder;

    @Test
    void aFailedStartupLogsNoErrorOfALibraryWhileClientsConnect() throws Exception {
        List<String> logged = new CopyOnWriteArrayList<>();
        Handler handler = new CollectingHandler(logged);
        XNIO.addHandler(handler);
        int port = FreePort.any();
        AtomicBoolean starting = new AtomicBoolean(true);
        AtomicInteger connections = new AtomicInteger();
        List<Thread> clients = new CopyOnWriteArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                Thread client = new Thread(() -> connect(port, starting, connections), "client");
                clients.add(client);
                client.start();
            }
            for (int i = 0; i < STARTS; i++) {
                refuse(port);
            }
        } finally {
            starting.set(false);
            for (Thread client : clients) {
                client.join();
            }
            XNIO.removeHandler(handler);
        }
        assertThat(connections).hasPositiveValue();
        assertThat(logged).isEmpty();
    }

    /**
     * Starts a watchdog whose lock file, the last step of the startup, cannot be written because its folder is missing.
     */
    private void refuse(int port) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Watchdog.builder(RunningWatchdog.config(
                                1,
                                "mode",
                                "static",
                                "static_path",
                                folder.toString(),
                                "port",
                                Integer.toString(port),
                                "suppress_lock",
                                "false",
                                "TMPDIR",
                                folder.resolve("missing").toString()))
                        .log(WatchdogLog.discarding())
                        .lockFile()
                        .start()
                        .close());
    }

    private static void connect(int port, AtomicBoolean starting, AtomicInteger connections) {
        while (starting.get()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                connections.incrementAndGet();
                socket.getOutputStream().write('G');
            } catch (IOException refused) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static final class CollectingHandler extends Handler {
        private final List<String> logged;

        CollectingHandler(List<String> logged) {
            this.logged = logged;
        }

        @Override
        public void publish(LogRecord event) {
            if (event.getLevel().intValue() >= Level.WARNING.intValue()) {
                logged.add("%s: %s %s".formatted(event.getLoggerName(), event.getMessage(), event.getThrown()));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
