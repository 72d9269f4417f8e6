package dev.fnwatchdog.junit;

import dev.fnwatchdog.undertow.Watchdog;
import dev.fnwatchdog.undertow.WatchdogBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A watchdog that JUnit closes with the context in whose store it is.
 *
 * <p>Threads: any.
 */
// JUnit closes an AutoCloseable from 5.13 on only, and warns there of a type that is not both.
@SuppressWarnings("deprecation")
final class TestedWatchdog implements ExtensionContext.Store.CloseableResource, AutoCloseable {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(TestedWatchdog.class);

    private final Watchdog watchdog;
    private final URI base;
    private final FunctionClient client;

    private TestedWatchdog(Watchdog watchdog) {
        this.watchdog = watchdog;
        this.base = URI.create("http://localhost:%d/".formatted(watchdog.port()));
        // As behind a gateway; the client would otherwise ask for HTTP/2 with each request.
        this.client = new FunctionClient(
                base,
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    /** Returns the watchdog of a key in the store of a context or of one around it, and starts it where there is none. */
    static TestedWatchdog in(ExtensionContext context, Object key, Supplier<TestedWatchdog> start) {
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(key, absent -> start.get(), TestedWatchdog.class);
    }

    /**
     * Starts a watchdog.
     *
     * @param origin where its settings are written, for messages
     * @param handler the function; null where the settings name it
     * @throws ExtensionConfigurationException where it cannot be started, with the reason
     */
    static TestedWatchdog start(String origin, TestSettings settings, @Nullable Object handler) {
        try {
            WatchdogBuilder builder = Watchdog.builder(settings.config())
                    .environment(environment(settings))
                    .log(new TestOutput());
            return new TestedWatchdog((handler == null ? builder : builder.handler(handler)).start());
        } catch (IOException | IllegalStateException e) {
            throw new ExtensionConfigurationException(
                    "%s: the watchdog cannot be started: %s".formatted(origin, e.getMessage()), e);
        }
    }

    /** Returns the environment of a function process, which is that of the tests with what the settings add. */
    private static Map<String, String> environment(TestSettings settings) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(settings.variables());
        return environment;
    }

    Watchdog watchdog() {
        return watchdog;
    }

    URI base() {
        return base;
    }

    FunctionClient client() {
        return client;
    }

    /** Stops the watchdog: requests in flight have up to {@code write_timeout} to complete. */
    @Override
    public void close() {
        watchdog.close();
    }
}
