package dev.fnwatchdog.junit;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests their watchdog as parameters (specification 12.2), and starts it before the first of them. */
abstract class WatchdogParameters implements BeforeAllCallback, ParameterResolver {
    /** Returns the watchdog of a context, and starts it where there is none. */
    abstract TestedWatchdog watchdog(ExtensionContext context);

    @Override
    public final void beforeAll(ExtensionContext context) {
        watchdog(context);
    }

    @Override
    public final boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return InjectedParameter.of(parameter).isPresent();
    }

    @Override
    public final Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return InjectedParameter.of(parameter).orElseThrow().value(watchdog(context));
    }
}
