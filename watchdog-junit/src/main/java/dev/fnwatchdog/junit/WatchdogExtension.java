package dev.fnwatchdog.junit;

import io.undertow.server.HttpHandler;
import jakarta.servlet.Servlet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs tests with a watchdog as {@link WatchdogTest} does, for a function that the test creates and for settings that are known at
 * run time only (specification 12.4). It is registered by a field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final WatchdogExtension WATCHDOG = WatchdogExtension.with("exec_timeout=2s").handler(new Orders(database));
 * }</pre>
 *
 * <p>With a static field the watchdog runs for all tests of the class; with one of the instance, for each test, or for all where
 * the class has one instance.
 *
 * <p>Threads: any; an instance is immutable.
 */
public final class WatchdogExtension extends WatchdogParameters implements BeforeEachCallback {
    private final String[] settings;
    private final @Nullable Object handler;

    private WatchdogExtension(String[] settings, @Nullable Object handler) {
        this.settings = settings;
        this.handler = handler;
    }

    /**
     * Returns an extension with these settings.
     *
     * @param settings each as {@code name=value}; the defaults are those of {@link WatchdogTest#value}
     */
    public static WatchdogExtension with(String... settings) {
        return new WatchdogExtension(settings.clone(), null);
    }

    /** Returns an extension in front of a handler, which the test closes, if it has to be closed. */
    public WatchdogExtension handler(HttpHandler function) {
        return new WatchdogExtension(settings, function);
    }

    /** Returns an extension in front of a servlet; its {@code init} and {@code destroy} are called. */
    public WatchdogExtension handler(Servlet function) {
        return new WatchdogExtension(settings, function);
    }

    /** Returns an extension in front of a function of the OpenFaaS model, a {@code com.openfaas.model.IHandler}. */
    public WatchdogExtension handler(Object function) {
        return new WatchdogExtension(settings, function);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        watchdog(context);
    }

    @Override
    TestedWatchdog watchdog(ExtensionContext context) {
        String origin =
                "The WatchdogExtension of " + context.getRequiredTestClass().getName();
        return TestedWatchdog.in(
                context, this, () -> TestedWatchdog.start(origin, TestSettings.parse(origin, settings), handler));
    }
}
