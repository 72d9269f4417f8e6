package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.metrics.MetricsPreload;
import dev.fnwatchdog.core.process.FunctionServer;
import dev.fnwatchdog.core.process.posix.ThreadRefusedException;
import java.util.Map;
import java.util.concurrent.FutureTask;

/**
 * Loads what each startup needs and no setting changes, on threads of its own, while the main thread reads the settings and starts the
 * function: XNIO, the Prometheus library, and the classes of the first request. With a single processor nothing is loaded in advance.
 *
 * <p>Threads: the main thread; the threads that it starts end within the startup.
 */
final class StartupPreload {
    /**
     * Classes of the first request whose static initialisation takes longest. Only their own libraries initialise them too, and none of
     * them waits for a class that the startup initialises.
     */
    private static final String[] FIRST_REQUEST = {
        "io.undertow.util.Headers",
        "io.undertow.util.Cookies",
        "io.undertow.server.Connectors",
        "io.undertow.server.HttpServerExchange",
        "io.undertow.server.protocol.http.HttpReadListener",
        "io.undertow.server.protocol.http.HttpServerConnection",
        "io.undertow.server.protocol.http.HttpResponseConduit",
        "io.undertow.util.DateUtils",
    };

    private final FutureTask<Void> xnio = new FutureTask<>(UnmanagedXnio::load, null);

    private StartupPreload() {}

    /** Begins to load. */
    static StartupPreload begin() {
        StartupPreload preload = new StartupPreload();
        if (Runtime.getRuntime().availableProcessors() > 1) {
            start(preload::loadServer, "watchdog-server-preload");
            start(StartupPreload::loadFormatter, "watchdog-formatter-preload");
            start(MetricsPreload::load, "watchdog-metrics-preload");
        }
        return preload;
    }

    /** Finds out, beside the rest of the startup, how the function of http mode is started. */
    static void prepareFunction(Map<String, String> environment) {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            start(() -> FunctionServer.prepare(environment), "watchdog-function-preload");
        }
    }

    /** XNIO and the watchdog's first lines need it: its first use takes 7 ms. */
    @SuppressWarnings("ReturnValueIgnored")
    private static void loadFormatter() {
        String.format("%s-%d", "", 1);
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        try {
            ThreadRefusedException.check(thread::start);
        } catch (ThreadRefusedException ignored) {
            // The startup then loads it where it needs it.
        }
    }

    private void loadServer() {
        xnio.run();
        try {
            for (String name : FIRST_REQUEST) {
                Class.forName(name, true, StartupPreload.class.getClassLoader());
            }
        } catch (ClassNotFoundException e) {
            throw new NoClassDefFoundError(e.getMessage());
        }
    }

    /** Waits until XNIO is loaded, or loads it. */
    void awaitXnio() {
        xnio.run();
        try {
            xnio.get();
        } catch (Exception e) {
            throw new IllegalStateException("cannot load XNIO", e);
        }
    }
}
