package dev.fnwatchdog.undertow.internal.connection;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.util.Objects;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * Makes an XNIO connection from a socket that the watchdog has accepted itself. XNIO does this only for its own server,
 * so this class uses two members of XNIO that are not public.
 *
 * <p>Threads: any.
 */
final class AcceptedSockets {
    private static final String PACKAGE = "org.xnio.nio.";

    private final Method register;
    private final Constructor<?> connection;

    private AcceptedSockets(ClassLoader xnio) throws ReflectiveOperationException {
        Class<?> thread = Class.forName(PACKAGE + "WorkerThread", true, xnio);
        register = thread.getDeclaredMethod("registerChannel", AbstractSelectableChannel.class);
        register.setAccessible(true);
        connection = Class.forName(PACKAGE + "NioSocketStreamConnection", true, xnio)
                .getDeclaredConstructor(
                        thread, SelectionKey.class, Class.forName(PACKAGE + "ChannelClosed", true, xnio));
        connection.setAccessible(true);
    }

    /** @throws IllegalStateException where this version of XNIO does not have these members */
    static AcceptedSockets of(XnioWorker worker) {
        try {
            return new AcceptedSockets(worker.getClass().getClassLoader());
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException("cannot accept connections with this version of XNIO: " + e, e);
        }
    }

    /**
     * Registers a socket with an I/O thread; the connection reads nothing yet.
     *
     * @param thread the current thread: any other would be stopped for the registration
     * @param socket non-blocking
     */
    StreamConnection connection(XnioIoThread thread, SocketChannel socket) throws IOException {
        try {
            Object key = register.invoke(thread, socket);
            return (StreamConnection) connection.newInstance(thread, key, null);
        } catch (InvocationTargetException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            if (cause instanceof Error error) {
                throw error;
            }
            throw new IOException(cause.toString(), cause);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a worker that is not XNIO's own", e);
        }
    }
}
