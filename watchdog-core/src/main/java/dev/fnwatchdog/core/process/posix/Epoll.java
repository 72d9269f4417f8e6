package dev.fnwatchdog.core.process.posix;

import java.nio.ByteBuffer;

/** Waits for many descriptors, each identified by a number (Linux epoll). Threads: any; one waits. */
public final class Epoll {
    private static final int O_CLOEXEC = 0x80000;
    private static final int EPOLLIN = 1;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int ENDLESSLY = -1;
    // Only on x86-64 is struct epoll_event packed, without padding before the number.
    private static final int NUMBER_AT = System.getProperty("os.arch", "").equals("amd64") ? 4 : 8;
    private static final int SIZE_OF_EVENT = NUMBER_AT + Long.BYTES;

    /** An instance that is not open. */
    public static final Epoll NONE = new Epoll(-1);

    private final int descriptor;

    private Epoll(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Opens an instance, which is not {@link #usable} if no descriptor is free. */
    public static Epoll open() {
        return new Epoll(LibC.epollCreate(O_CLOEXEC));
    }

    public boolean usable() {
        return descriptor >= 0;
    }

    public boolean add(int watched, long number) {
        try (NativeMemory event = NativeMemory.allocate(SIZE_OF_EVENT)) {
            event.bytes().putInt(0, EPOLLIN).putLong(NUMBER_AT, number);
            return LibC.epollControl(descriptor, ADD, watched, event.address()) == 0;
        }
    }

    /** Must precede closing the descriptor: a child that is being started can hold a duplicate for a moment. */
    public void remove(int watched) {
        try (NativeMemory event = NativeMemory.allocate(SIZE_OF_EVENT)) {
            int ignored = LibC.epollControl(descriptor, DELETE, watched, event.address());
        }
    }

    /** Waits and returns the numbers of the ready descriptors; empty if the wait was interrupted. */
    public long[] await(NativeMemory events, int most) {
        int count = Math.max(0, LibC.epollWait(descriptor, events.address(), most, ENDLESSLY));
        ByteBuffer bytes = events.bytes();
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = bytes.getLong(i * SIZE_OF_EVENT + NUMBER_AT);
        }
        return numbers;
    }

    public static NativeMemory roomFor(int events) {
        return NativeMemory.allocate((long) events * SIZE_OF_EVENT);
    }

    public void close() {
        int ignored = LibC.close(descriptor);
    }
}
