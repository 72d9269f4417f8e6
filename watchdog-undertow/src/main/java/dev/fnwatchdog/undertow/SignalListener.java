package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Runs an action for each signal of the operating system. A shutdown hook cannot distinguish SIGINT from SIGTERM and does not
 * see a second signal. The JDK's class for signals is in a supported module, but javac warns about its name; therefore it is
 * accessed by reflection.
 */
final class SignalListener {
    private SignalListener() {}

    /**
     * Runs {@code action} on a thread of its own each time the signal arrives ({@code TERM}, {@code INT}, {@code HUP}).
     *
     * @throws IOException where the JVM was started with {@code -Xrs}, which leaves these signals to their default actions
     */
    static void handle(String name, Runnable action) throws IOException {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, arguments) -> dispatch(proxy, method, arguments, action);
            Object listener =
                    Proxy.newProxyInstance(SignalListener.class.getClassLoader(), new Class<?>[] {handler}, calls);
            Object instance;
            try {
                instance = signal.getConstructor(String.class).newInstance(name);
            } catch (InvocationTargetException unknown) {
                // The system does not have this signal, so it never arrives.
                return;
            }
            register(signal.getMethod("handle", signal, handler), instance, listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot tell of SIG" + name, e);
        }
    }

    private static void register(Method handle, Object signal, Object listener)
            throws IOException, IllegalAccessException {
        try {
            handle.invoke(null, signal, listener);
        } catch (InvocationTargetException refused) {
            throw new IOException("cannot handle %s: start the JVM without -Xrs".formatted(signal), refused.getCause());
        }
    }

    private static Object dispatch(Object proxy, Method method, Object[] arguments, Runnable action) {
        return switch (method.getName()) {
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "watchdog signal handler";
            default -> {
                action.run();
                yield proxy;
            }
        };
    }
}
