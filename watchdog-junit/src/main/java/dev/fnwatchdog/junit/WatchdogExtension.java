package dev.fnwatchdog.junit;

import io.undertow.server.HttpHandler;
import jakarta.servlet.Servlet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Starts a watchdog for tests as {@link WatchdogTest} does, for a function that the test creates, or for settings that are known
 * only at run time (specification 12.4). Register it with a field:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final WatchdogExtension WATCHDOG = WatchdogExtension.with("exec_timeout=2s")
 *         .handler(exchange -> exchange.getResponseSender().send("hello\n"));
 * }</pre>
 *
 * <p>With a static field, all tests of the class share the watchdog. With an instance field each test has its own watchdog, or all
 * tests share one if the class has one instance.
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
     * {@return an extension with these settings}
     *
     * @param settings each in the form {@code name=value}; the defaults are those of {@link WatchdogTest#value}
     */
    public static WatchdogExtension with(String... settings) {
        return new WatchdogExtension(settings.clone(), null);
    }

    /**
     * {@return an extension with the same settings and this function}
     *
     * @param function a handler, which the test closes, if it has to be closed
     */
    public WatchdogExtension handler(HttpHandler function) {
        return new WatchdogExtension(settings, function);
    }

    /**
     * {@return an extension with the same settings and this function}
     *
     * @param function a servlet; its {@code init} and {@code destroy} are called
     */
    public WatchdogExtension handler(Servlet function) {
        return new WatchdogExtension(settings, function);
    }

    /**
     * {@return an extension with the same settings and this function}
     *
     * @param function a function of the OpenFaaS model, a {@code com.openfaas.model.IHandler}
     */
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
