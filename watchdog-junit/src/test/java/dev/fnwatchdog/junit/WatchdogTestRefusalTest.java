package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

/** What a test class that cannot be run says. Proves specification 12.3. */
class WatchdogTestRefusalTest {
    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        NoValue.class,
                        "@WatchdogTest of " + NoValue.class.getName()
                                + ": \"exec_timeout\" cannot be used: expected name=value"),
                Arguments.of(
                        WrongValues.class,
                        "@WatchdogTest of " + WrongValues.class.getName()
                                + ": exec_timeout=\"soon\" cannot be used: expected"),
                Arguments.of(WrongValues.class, "max_inflight=\"many\" cannot be used: expected"),
                Arguments.of(Misspelled.class, "exec_timout is not a setting; did you mean exec_timeout?"),
                Arguments.of(
                        Variable.class,
                        "GREETING is not a setting, and a function in mode inproc has the environment of the tests"),
                Arguments.of(Twice.class, "sets exec_timeout twice"),
                Arguments.of(TwoHandlers.class, "names a handler twice"),
                Arguments.of(
                        NoHandler.class,
                        "@WatchdogTest of " + NoHandler.class.getName()
                                + ": the watchdog cannot be started: cannot create handler java.lang.Integer: it must be"),
                Arguments.of(NoFunction.class, "the watchdog cannot be started: no handler found: set handler"),
                Arguments.of(
                        HandlerTwice.class,
                        "The WatchdogExtension of " + HandlerTwice.class.getName()
                                + ": the watchdog cannot be started: a handler is set, and the settings name another"),
                Arguments.of(NoPort.class, "@WatchdogPort is for a parameter of type int, and "));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsReportedWithItsClassAndWhatIsExpected(Class<?> type, String message) {
        List<String> failures =
                EngineTestKit.engine("junit-jupiter")
                        .selectors(selectClass(type))
                        .execute()
                        .allEvents()
                        .finished()
                        .failed()
                        .stream()
                        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                        .flatMap(result -> result.getThrowable().stream())
                        .map(Throwable::getMessage)
                        .toList();

        assertThat(failures).singleElement().asString().contains(message);
    }

    /** A class with one test, which must not run. */
    abstract static class Never {
        @Test
        void isNotRun() {
            throw new AssertionError("the test has run");
        }
    }

    @WatchdogTest("exec_timeout")
    static class NoValue extends Never {}

    @WatchdogTest({"exec_timeout=soon", "max_inflight=many"})
    static class WrongValues extends Never {}

    @WatchdogTest("exec_timout=1s")
    static class Misspelled extends Never {}

    @WatchdogTest("GREETING=hi")
    static class Variable extends Never {}

    @WatchdogTest({"exec_timeout=1s", "exec_timeout=2s"})
    static class Twice extends Never {}

    @WatchdogTest(value = "handler=dev.fnwatchdog.junit.Greeter", handler = Greeter.class)
    static class TwoHandlers extends Never {}

    @WatchdogTest(handler = Integer.class)
    static class NoHandler extends Never {}

    @WatchdogTest
    static class NoFunction extends Never {}

    static class HandlerTwice extends Never {
        @RegisterExtension
        static final WatchdogExtension WATCHDOG =
                WatchdogExtension.with("handler=dev.fnwatchdog.junit.Greeter").handler(new Greeter());
    }

    @WatchdogTest(handler = Greeter.class)
    static class NoPort {
        @Test
        void isNotRun(@WatchdogPort String port) {
            throw new AssertionError("the test has run with " + port);
        }
    }
}
