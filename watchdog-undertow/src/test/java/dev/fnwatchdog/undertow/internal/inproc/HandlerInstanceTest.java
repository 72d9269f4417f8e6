package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openfaas.model.IHandler;
import com.openfaas.model.IRequest;
import com.openfaas.model.IResponse;
import com.openfaas.model.Response;
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.Watchdog;
import dev.fnwatchdog.undertow.WatchdogBuilder;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Tests an instance of a handler, as an embedding program gives it. Proves specification 5.5. */
class HandlerInstanceTest {
    private final List<String> events = new ArrayList<>();

    private static RunningWatchdog inproc(UnaryOperator<WatchdogBuilder> handler, String... settings) throws Exception {
        String[] all = new String[settings.length + 2];
        all[0] = "mode";
        all[1] = "inproc";
        System.arraycopy(settings, 0, all, 2, settings.length);
        return RunningWatchdog.started(handler, all);
    }

    @Test
    void aHandlerThatIsALambdaServes() throws Exception {
        try (RunningWatchdog watchdog = inproc(builder ->
                builder.handler(exchange -> exchange.getResponseSender().send("hello " + exchange.getRequestPath())))) {
            assertThat(watchdog.get("/a").body()).isEqualTo("hello /a");
        }
    }

    private final class Closeable implements HttpHandler, AutoCloseable {
        @Override
        public void handleRequest(HttpServerExchange exchange) {
            exchange.getResponseSender().send("served");
        }

        @Override
        public void close() {
            events.add("closed");
        }
    }

    /** Proves specification 5.5. */
    @Test
    void anInstanceIsNotClosedWithTheWatchdogAndServesInTheNextOne() throws Exception {
        HttpHandler handler = new Closeable();
        for (int i = 0; i < 2; i++) {
            try (RunningWatchdog watchdog = inproc(builder -> builder.handler(handler))) {
                assertThat(watchdog.get("/").body()).isEqualTo("served");
            }
        }
        assertThat(events).isEmpty();
    }

    private final class Shown extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void init() {
            events.add("init " + getInitParameter("p"));
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("hello " + request.getRequestURI());
        }

        @Override
        public void destroy() {
            events.add("destroyed");
        }
    }

    /** Proves specification 5.5, 5.15. */
    @Test
    void aServletIsInitializedAndDestroyedWithTheWatchdog() throws Exception {
        try (RunningWatchdog watchdog = inproc(builder -> builder.handler(new Shown()), "servlet_init", "p=q")) {
            assertThat(watchdog.get("/a").body()).isEqualTo("hello /a");
        }
        assertThat(events).containsExactly("init q", "destroyed");
    }

    @WebServlet("/greeting")
    private static final class Mapped extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().write("hello");
        }
    }

    /** Proves specification 5.14. */
    @Test
    void resourcesOfTheClassPathAreNotServedBesideAServlet() throws Exception {
        assertThat(getClass().getResource("/META-INF/resources/outside.txt")).isNotNull();
        try (RunningWatchdog watchdog = inproc(builder -> builder.handler(new Mapped()))) {
            assertThat(watchdog.get("/greeting").body()).isEqualTo("hello");
            assertThat(watchdog.get("/outside.txt").statusCode()).isEqualTo(404);
        }
    }

    private static final class Greeter implements IHandler {
        @Override
        public IResponse Handle(IRequest request) {
            Response response = new Response();
            response.setBody("hello " + request.getPathRaw());
            return response;
        }
    }

    @Test
    void aFunctionOfTheModelServes() throws Exception {
        try (RunningWatchdog watchdog = inproc(builder -> builder.handler(new Greeter()))) {
            assertThat(watchdog.get("/a").body()).isEqualTo("hello /a");
        }
    }

    @Test
    void anObjectThatIsNoHandlerEndsTheStartup() {
        assertThatThrownBy(() -> inproc(builder -> builder.handler("text")))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessageStartingWith("java.lang.String is not a handler: expected");
    }

    @Test
    void anInstanceIsRefusedInAnotherModeAndBesideAClassOfTheSettings() {
        WatchdogBuilder files = Watchdog.builder(WatchdogConfig.parse(Map.of("mode", "static", "static_path", "/")));
        assertThatThrownBy(() -> files.handler(new Shown()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a handler can be set in mode inproc only, and the mode is static");
        WatchdogBuilder named = Watchdog.builder(WatchdogConfig.builder()
                .inproc()
                .set("handler", "com.example.Other")
                .build());
        assertThatThrownBy(() -> named.handler(new Shown()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a handler is set, and the settings name another: handler=com.example.Other");
    }
}
