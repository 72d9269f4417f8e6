package dev.fnwatchdog.core.process.posix;

import java.nio.ByteBuffer;

/** Linux's way to wait for many descriptors, each known by a number. Threads: any; one waits. */
public final class Epoll {
    private static final int O_CLOEXEC = 0x80000;
    private static final int EPOLLIN = 1;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int ENDLESSLY = -1;
    // On x86 alone the number follows the events without a gap.
    private static final int NUMBER_AT = System.getProperty("os.arch", "").equals("amd64") ? 4 : 8;
    private static final int SIZE_OF_EVENT = NUMBER_AT + Long.BYTES;

    /** One that was not opened. */
    public static final Epoll NONE = new Epoll(-1);

    private final int descriptor;

    private Epoll(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Not usable where no descriptor is left. */
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

    /** To be called before it is closed: a child that is just being started may have it too for a moment. */
    public void remove(int watched) {
        try (NativeMemory event = NativeMemory.allocate(SIZE_OF_EVENT)) {
            int ignored = LibC.epollControl(descriptor, DELETE, watched, event.address());
        }
    }

    /** Waits for at least one; the numbers of those that are ready, none where the wait was cut short. */
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
