package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.core.process.posix.DescriptorLimit;
import dev.fnwatchdog.undertow.internal.io.ChannelDescriptor;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last descriptors of the process free of connections ({@link DescriptorLimit}). The number of a socket is known
 * when it has been accepted: one may be too high, and no other follows before a lower number is free.
 *
 * <p>Where the JVM hides descriptors, nothing is kept.
 *
 * <p>Threads: the acceptor's.
 */
final class DescriptorReserve {
    /** So few connections leave enough; the first look at a number takes some milliseconds. */
    private static final int UNCHECKED = 8;

    private final DescriptorLimit limit;
    private final List<SocketChannel> inside = new ArrayList<>();

    // Mutable state
    private int accepted;
    private boolean visible = true;
    private @Nullable ChannelDescriptor descriptors;

    DescriptorReserve(DescriptorLimit limit) {
        this.limit = limit;
    }

    /** Notes a socket that was just accepted. */
    void accepted(SocketChannel socket) {
        if (accepted < UNCHECKED) {
            accepted++;
        } else if (isReserved(socket)) {
            inside.add(socket);
        }
    }

    /**
     * Checks that the next connection will leave the reserve alone.
     *
     * @throws IOException where it will not, with the message that a system without descriptors has
     */
    void check() throws IOException {
        inside.removeIf(socket -> !socket.isOpen());
        if (inside.isEmpty()) {
            return;
        }
        try (SocketChannel next = SocketChannel.open()) {
            if (isReserved(next)) {
                throw new IOException(DescriptorLimit.EXHAUSTED);
            }
        }
    }

    private boolean isReserved(SocketChannel socket) {
        ChannelDescriptor known = descriptors;
        if (known == null && visible) {
            known = find();
        }
        return known != null && !limit.isForConnections(known.of(socket));
    }

    private @Nullable ChannelDescriptor find() {
        try {
            descriptors = new ChannelDescriptor();
        } catch (ReflectiveOperationException | RuntimeException hidden) {
            visible = false;
        }
        return descriptors;
    }
}
