package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/**
 * Runs an action for each signal of the operating system. A shutdown hook cannot distinguish SIGINT from SIGTERM and does not
 * see a second signal. The JDK's class for signals is in a supported module, but javac warns about its name; therefore it is
 * accessed by reflection, and its handler is made as the JVM makes that of a lambda: a dynamic proxy would take 9 ms longer.
 */
final class SignalListener {
    private final Runnable action;

    private SignalListener(Runnable action) {
        this.action = action;
    }

    /**
     * Runs {@code action} on a thread of its own each time the signal arrives ({@code TERM}, {@code INT}, {@code HUP}).
     *
     * @throws IOException where the JVM was started with {@code -Xrs}, which leaves these signals to their default actions
     */
    static void handle(String name, Runnable action) throws IOException {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object instance;
            try {
                instance = signal.getConstructor(String.class).newInstance(name);
            } catch (InvocationTargetException unknown) {
                // The system does not have this signal, so it never arrives.
                return;
            }
            Object listener = new SignalListener(action).as(handler, signal);
            register(signal.getMethod("handle", signal, handler), instance, listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot report SIG" + name, e);
        }
    }

    /** Returns this as an instance of the interface {@code handler}, whose one method has a parameter of {@code signal}. */
    private Object as(Class<?> handler, Class<?> signal) throws ReflectiveOperationException {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodType type = MethodType.methodType(void.class, signal);
        MethodHandle arrived =
                lookup.findVirtual(SignalListener.class, "arrived", MethodType.methodType(void.class, Object.class));
        try {
            return LambdaMetafactory.metafactory(
                            lookup, "handle", MethodType.methodType(handler, SignalListener.class), type, arrived, type)
                    .getTarget()
                    .invoke(this);
        } catch (ReflectiveOperationException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new ReflectiveOperationException(e);
        }
    }

    @SuppressWarnings({"UnusedMethod", "UnusedVariable"}) // called by the handler that as() makes
    private void arrived(Object signal) {
        action.run();
    }

    private static void register(Method handle, Object signal, Object listener)
            throws IOException, IllegalAccessException {
        try {
            handle.invoke(null, signal, listener);
        } catch (InvocationTargetException refused) {
            throw new IOException("cannot handle %s: start the JVM without -Xrs".formatted(signal), refused.getCause());
        }
    }
}
