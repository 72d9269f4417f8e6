package dev.fnwatchdog.undertow;

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
     */
    static void handle(String name, Runnable action) {
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
            signal.getMethod("handle", signal, handler).invoke(null, instance, listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot tell of SIG" + name, e);
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
