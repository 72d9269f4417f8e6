package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.log.WatchdogLog;
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

/**
 * A probe of a free port that connects to itself must not count as the function, nor keep its port (specification 2.6).
 */
class SelfConnectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final XnioWorker worker = IoWorker.start();
    private final int port = FreePort.any();

    @AfterEach
    void stop() {
        worker.shutdownNow();
    }

    private StreamConnection selfConnection() throws Exception {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return worker.openStreamConnection(address, address, null, null, OptionMap.EMPTY)
                .get();
    }

    /** Starts the function once the port is free: the I/O thread closes the self-connection asynchronously. */
    private ScriptedFunction startedOnceThePortIsFree() {
        List<ScriptedFunction> started = new ArrayList<>();
        Polling.until(PATIENCE, () -> started.add(ScriptedFunction.servingOn(port, RawClient::readToEnd)));
        return started.get(0);
    }

    @Test
    void probeThatConnectsToItselfIsNotTakenForTheFunctionAndFreesThePort() throws Exception {
        UpstreamPortProbe function = new UpstreamPortProbe(
                new UpstreamAddress(URI.create("http://127.0.0.1:" + port), HostLookup.Source.ofSystem(worker)),
                worker,
                WatchdogLog.discarding());

        function.accepted(selfConnection());

        assertThat(function.state()).isEqualTo(UpstreamPortProbe.State.AWAITED);
        try (ScriptedFunction listening = startedOnceThePortIsFree()) {
            Polling.until(PATIENCE, () -> function.state() == UpstreamPortProbe.State.ACCEPTING);
            assertThat(listening.connections()).isZero();
        } finally {
            function.end("the test is over");
        }
    }
}
