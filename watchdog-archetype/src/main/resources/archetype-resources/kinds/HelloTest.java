package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.fnwatchdog.junit.FunctionClient;
import dev.fnwatchdog.junit.WatchdogTest;
import org.junit.jupiter.api.Test;

/** Sends requests to the function through a watchdog in the JVM of this test, on a free port. */
@WatchdogTest(handler = Hello.class)
class HelloTest {
    @Test
    void greetsByName(FunctionClient function) throws Exception {
        assertEquals("Hello, Zoë!\n", function.post("/", "Zoë").body());
    }
}
