package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

class TestOutputTest {
    /** Proves specification 12.5. */
    @Test
    void linesOfTheWatchdogAndOfItsFunctionAreOutputOfTheTests() {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
        try {
            EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(Printing.class))
                    .execute()
                    .testEvents()
                    .assertStatistics(tests -> tests.succeeded(1));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }

        assertThat(errors.toString(StandardCharsets.UTF_8).lines())
                .contains("oops")
                .anyMatch(line -> line.startsWith("GET /path - 200 - "));
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).doesNotContain("oops");
    }

    @WatchdogTest("fprocess=sh -c 'echo oops >&2'")
    static class Printing {
        @Test
        void calls(FunctionClient function) throws Exception {
            function.get("/path");
        }
    }
}
