package dev.fnwatchdog.undertow.internal.io;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;

/**
 * Asks the kernel whether a client has closed or reset its side, even while bytes that it sent before have not been
 * read: a read, the only way that Java offers, would report that only behind them. The kernel itself detects it only
 * when all that the client has sent has found room on this side (specification 3.45). This works on Linux, where the
 * JVM permits it ({@code --add-opens java.base/sun.nio.ch}, which the manifest of the fat jar contains); elsewhere the
 * result is always false.
 *
 * <p>Threads: any; one system call, which does not block.
 */
public final class PeerCloseCheck {
    /** The peer has shut down its write side, or has closed the connection. */
    private static final int POLLRDHUP = 0x2000;

    private static final @Nullable PeerCloseCheck ACCESS = open();

    private final Field channel;
    private final MethodHandle descriptor;
    private final MethodHandle poll;

    private PeerCloseCheck(Field channel, MethodHandle descriptor, MethodHandle poll) {
        this.channel = channel;
        this.descriptor = descriptor;
        this.poll = poll;
    }

    private static @Nullable PeerCloseCheck open() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return null;
        }
        try {
            Field channel = Class.forName("org.xnio.nio.NioSocketConduit").getDeclaredField("socketChannel");
            Method descriptor = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFD");
            Method poll = Class.forName("sun.nio.ch.Net")
                    .getDeclaredMethod("poll", FileDescriptor.class, int.class, long.class);
            channel.setAccessible(true);
            poll.setAccessible(true);
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            return new PeerCloseCheck(
                    channel,
                    lookup.unreflect(descriptor)
                            .asType(MethodType.methodType(FileDescriptor.class, SocketChannel.class)),
                    lookup.unreflect(poll));
        } catch (ReflectiveOperationException | RuntimeException noAccess) {
            // A program that embeds the watchdog does not permit it: the disconnect is noticed at the request's
            // timeout.
            return null;
        }
    }

    /** Returns whether the check works here. */
    public static boolean available() {
        return ACCESS != null;
    }

    /** Returns whether the peer of this XNIO socket has half-closed or closed the connection. */
    public static boolean isClosedByPeer(StreamConnection socket) {
        return ACCESS != null && socket.isOpen() && ACCESS.peerClosed(socket);
    }

    @SuppressWarnings("CatchingUnchecked") // what a method handle declares
    private boolean peerClosed(StreamConnection socket) {
        try {
            if (!(channel.get(socket.getSourceChannel().getConduit()) instanceof SocketChannel socketChannel)
                    || !socketChannel.isOpen()) {
                return false;
            }
            FileDescriptor fileDescriptor = (FileDescriptor) descriptor.invokeExact(socketChannel);
            return (int) poll.invokeExact(fileDescriptor, POLLRDHUP, 0L) != 0;
        } catch (IOException disconnected) {
            return true;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot check whether a client has disconnected", e);
        }
    }
}
