package dev.fnwatchdog.junit;

import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts the watchdog of a class with {@link WatchdogTest}, once for all of its tests. */
final class WatchdogTestExtension extends WatchdogParameters {
    /** Starts it where a constructor asks for it: with one instance for the class, that is before all callbacks. */
    @Override
    TestedWatchdog watchdog(ExtensionContext context) {
        ExtensionContext owner = owner(context);
        Class<?> type = owner.getRequiredTestClass();
        return TestedWatchdog.in(owner, type, () -> start(type));
    }

    /** Returns the context of the nearest class that has the annotation, which may be around that of the test. */
    private static ExtensionContext owner(ExtensionContext context) {
        ExtensionContext candidate = context;
        while (candidate.getTestMethod().isPresent() || !isAnnotated(candidate)) {
            candidate = candidate
                    .getParent()
                    .orElseThrow(() -> new ExtensionConfigurationException(
                            "%s has no @WatchdogTest".formatted(context.getDisplayName())));
        }
        return candidate;
    }

    private static boolean isAnnotated(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestClass(), WatchdogTest.class);
    }

    private static TestedWatchdog start(Class<?> type) {
        WatchdogTest annotation =
                AnnotationSupport.findAnnotation(type, WatchdogTest.class).orElseThrow();
        String origin = "@WatchdogTest of " + type.getName();
        TestSettings settings = TestSettings.parse(origin, annotation.value());
        return TestedWatchdog.start(
                origin,
                annotation.handler() == void.class ? settings : settings.withHandler(annotation.handler()),
                null);
    }
}
