package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioWorker;

/** A look at a free port that ends at itself: it must not be taken for the function (contract 2), nor keep its port. */
class SelfConnectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final XnioWorker worker = IoWorker.start();
    private final int port = FreePort.any();

    @AfterEach
    void stop() {
        worker.shutdownNow();
    }

    private StreamConnection toItself() throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return worker.openStreamConnection(address, address, null, null, OptionMap.EMPTY)
                .get();
    }

    /** The IO thread closes the connection when it comes to it. */
    private ScriptedFunction onceThereIsRoom() {
        List<ScriptedFunction> started = new ArrayList<>();
        Polling.until(PATIENCE, () -> started.add(ScriptedFunction.servingOn(port, RawClient::readToEnd)));
        return started.get(0);
    }

    @Test
    void isNotTheFunctionAndMakesRoomForIt() throws Exception {
        UpstreamPortProbe function =
                new UpstreamPortProbe(UpstreamAddress.of(URI.create("http://127.0.0.1:" + port)), worker);

        function.accepted(toItself(), 0);

        assertThat(function.accepting()).isFalse();
        try (ScriptedFunction there = onceThereIsRoom()) {
            Polling.until(PATIENCE, function::accepting);
            assertThat(there.connections()).isZero();
        } finally {
            function.functionEnded();
        }
    }
}
