package dev.fnwatchdog.undertow.internal.io;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Finds the file descriptor of a channel of the JDK. This needs {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED},
 * which the manifest of the fat jar contains.
 *
 * <p>Threads: any.
 */
public final class ChannelDescriptor {
    private final MethodHandle number;

    /** @throws ReflectiveOperationException or a {@link RuntimeException}, where this JVM hides descriptors */
    public ChannelDescriptor() throws ReflectiveOperationException {
        Class<?> selectable = Class.forName("sun.nio.ch.SelChImpl");
        number = MethodHandles.lookup()
                .findVirtual(selectable, "getFDVal", MethodType.methodType(int.class))
                .asType(MethodType.methodType(int.class, Object.class));
    }

    @SuppressWarnings("CatchingUnchecked") // what a method handle declares
    public int of(Object channel) {
        try {
            return (int) number.invokeExact(channel);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a channel that is not the JDK's", e);
        }
    }
}
