package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.posix.NativeMemory;

/** Attributes of each spawned process: a session of its own, no signal blocked, ignored or handled. Threads: any. */
final class SpawnAttributes {
    private static final int POSIX_SPAWN_SETSIGDEF = 0x04;
    private static final int POSIX_SPAWN_SETSIGMASK = 0x08;
    private static final int POSIX_SPAWN_SETSID = 0x80;
    // Larger than posix_spawnattr_t of any C library.
    private static final int SIZE_OF_ATTRIBUTES = 1024;
    private static final int SIZE_OF_SIGNALS = 128;
    // One bit for each signal from 1 to 31 except SIGKILL and SIGSTOP.
    private static final long SIGNALS = 0x7FFF_FFFFL & ~(1L << (LibC.SIGKILL - 1)) & ~(1L << (LibC.SIGSTOP - 1));

    private static final NativeMemory MEMORY = NativeMemory.kept(SIZE_OF_ATTRIBUTES + 2 * SIZE_OF_SIGNALS);
    private static final int ERROR = fill();

    private SpawnAttributes() {}

    private static int fill() {
        long attributes = MEMORY.address();
        long none = attributes + SIZE_OF_ATTRIBUTES;
        long all = none + SIZE_OF_SIGNALS;
        MEMORY.bytes().putLong(SIZE_OF_ATTRIBUTES + SIZE_OF_SIGNALS, SIGNALS);
        int error = LibC.spawnAttributesInit(attributes);
        error |= LibC.spawnAttributesMask(attributes, none);
        error |= LibC.spawnAttributesDefault(attributes, all);
        int flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID;
        return error | LibC.spawnAttributesFlags(attributes, flags);
    }

    static boolean available() {
        return ERROR == 0;
    }

    static long address() {
        return MEMORY.address();
    }
}
