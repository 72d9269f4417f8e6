package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Proves specification 12.4. */
class WatchdogExtensionTest {
    private static final StringBuilder RECEIVED = new StringBuilder();

    @RegisterExtension
    static final WatchdogExtension WATCHDOG = WatchdogExtension.with("max_inflight=1")
            .handler(exchange -> {
                RECEIVED.append(exchange.getRequestURI());
                exchange.getResponseSender().send("instance");
            });

    @Test
    void anInstanceThatTheTestHasCreatedIsTheFunction(FunctionClient function) throws Exception {
        assertThat(function.get("/seen").body()).isEqualTo("instance");
        assertThat(RECEIVED).contains("/seen");
    }

    @Nested
    class InsideTheClass {
        @Test
        void aNestedClassSharesTheFunction(FunctionClient function) throws Exception {
            assertThat(function.get("/").body()).isEqualTo("instance");
        }
    }

    static final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("servlet");
        }
    }
}
