package dev.fnwatchdog.undertow;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system, told one by one. A shutdown hook would not do: it cannot tell SIGINT from SIGTERM, nor
 * hear the second one. The JDK's own class for it lies in a supported module, yet javac warns of its name, so it is reached
 * by reflection.
 */
final class SignalListener {
    private SignalListener() {}

    /** Calls {@code action}, on a thread of its own, each time that the signal comes ({@code TERM}, {@code INT}, {@code HUP}). */
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, arguments) -> answer(proxy, method, arguments, action);
            Object listener =
                    Proxy.newProxyInstance(SignalListener.class.getClassLoader(), new Class<?>[] {handler}, calls);
            Object instance;
            try {
                instance = signal.getConstructor(String.class).newInstance(name);
            } catch (InvocationTargetException unknown) {
                // A signal that the system does not have never comes.
                return;
            }
            signal.getMethod("handle", signal, handler).invoke(null, instance, listener);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot tell of SIG" + name, e);
        }
    }

    private static Object answer(Object proxy, Method method, Object[] arguments, Runnable action) {
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
