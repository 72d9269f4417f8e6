package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** When a watchdog is started and stopped. */
class WatchdogLifecycleTest {
    private static final List<Integer> PORTS = new CopyOnWriteArrayList<>();

    /** Runs the tests of a class, and returns the ports that they have seen. */
    private static Set<Integer> portsOf(Class<?> type, int succeeded, int failed) throws IOException {
        PORTS.clear();
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute()
                .testEvents();
        assertThat(tests.succeeded().count()).as("succeeded tests").isEqualTo(succeeded);
        assertThat(tests.failed().count()).as("failed tests").isEqualTo(failed);
        for (int port : PORTS) {
            assertThat(refuses(port)).as("port %d is closed", port).isTrue();
        }
        return new LinkedHashSet<>(PORTS);
    }

    private static boolean refuses(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isClosed();
        } catch (ConnectException refused) {
            return true;
        }
    }

    /** Proves specification 12.1. */
    @Test
    void theWatchdogOfAClassRunsForAllItsTestsAndIsStoppedAndItsFunctionClosedAfterThem() throws Exception {
        int created = Greeter.CREATED.get();
        int closed = Greeter.CLOSED.get();

        assertThat(portsOf(TwoTests.class, 1, 1)).hasSize(1);

        assertThat(Greeter.CREATED).hasValue(created + 1);
        assertThat(Greeter.CLOSED).hasValue(closed + 1);
    }

    /** One of the tests fails, and the watchdog still serves after the last one. */
    @WatchdogTest(handler = Greeter.class)
    static class TwoTests {
        @Test
        void succeeds(@WatchdogPort int port) {
            PORTS.add(port);
        }

        @Test
        void fails(@WatchdogPort int port) {
            PORTS.add(port);
            throw new AssertionError("on purpose");
        }

        @AfterAll
        static void stillServes(FunctionClient function) throws Exception {
            assertThat(function.get("/").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 12.1. */
    @Test
    void aConstructorThatRunsBeforeAllCallbacksGetsTheWatchdogOfItsClass() throws Exception {
        assertThat(portsOf(OneInstance.class, 2, 0)).hasSize(1);
    }

    @WatchdogTest(handler = Greeter.class)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {
        OneInstance(@WatchdogPort int port) {
            PORTS.add(port);
        }

        @Test
        void first(@WatchdogPort int port) {
            PORTS.add(port);
        }

        @Test
        void second(@WatchdogPort int port) {
            PORTS.add(port);
        }
    }

    /** Proves specification 12.1. */
    @Test
    void aSubclassHasAWatchdogOfItsOwn() throws Exception {
        Set<Integer> first = portsOf(OneInstance.class, 2, 0);

        assertThat(portsOf(Subclass.class, 2, 0)).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    static class Subclass extends OneInstance {
        Subclass(@WatchdogPort int port) {
            super(port);
        }
    }

    /** Proves specification 12.4. */
    @Test
    void anExtensionInAFieldOfTheInstanceRunsForOneTest() throws Exception {
        assertThat(portsOf(FieldOfTheInstance.class, 2, 0)).hasSize(2);
    }

    static class FieldOfTheInstance {
        @RegisterExtension
        final WatchdogExtension watchdog = WatchdogExtension.with().handler(new WatchdogExtensionTest.Servlet());

        @Test
        void first(FunctionClient function, @WatchdogPort int port) throws Exception {
            serves(function, port);
        }

        @Test
        void second(FunctionClient function, @WatchdogPort int port) throws Exception {
            serves(function, port);
        }

        private static void serves(FunctionClient function, int port) throws Exception {
            PORTS.add(port);
            assertThat(function.get("/").body()).isEqualTo("servlet");
        }
    }
}
