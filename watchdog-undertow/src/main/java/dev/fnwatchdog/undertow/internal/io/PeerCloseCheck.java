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
 * Asks the kernel whether a client has closed or reset its side, though bytes that it sent before have not been read yet:
 * reading, the only way that Java knows, would tell it only behind them. The kernel itself does not know before all that the
 * client has sent has found room on this side. On Linux, and where the JVM lets us ({@code --add-opens
 * java.base/sun.nio.ch}, which the fat jar brings along); elsewhere the answer is always no.
 *
 * <p>Threads: any; one system call, which does not block.
 */
public final class PeerCloseCheck {
    /** {@code POLLRDHUP}: the peer has shut down its writing side, or closed. */
    private static final int PEER_HAS_ENDED = 0x2000;

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
            // A library in a program that does not grant it: such a client is noticed at the call's timeout.
            return null;
        }
    }

    /** Whether the answer can be yes. */
    public static boolean available() {
        return ACCESS != null;
    }

    /** Whether the other end of this socket of XNIO's has said that nothing more will come. */
    public static boolean isClosedByPeer(StreamConnection socket) {
        return ACCESS != null && socket.isOpen() && ACCESS.ask(socket);
    }

    @SuppressWarnings("CatchingUnchecked") // what a method handle declares
    private boolean ask(StreamConnection socket) {
        try {
            if (!(channel.get(socket.getSourceChannel().getConduit()) instanceof SocketChannel nio) || !nio.isOpen()) {
                return false;
            }
            FileDescriptor open = (FileDescriptor) descriptor.invokeExact(nio);
            return (int) poll.invokeExact(open, PEER_HAS_ENDED, 0L) != 0;
        } catch (IOException gone) {
            return true;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot ask for a client's end", e);
        }
    }
}
