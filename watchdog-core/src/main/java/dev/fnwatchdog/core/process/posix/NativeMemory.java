package dev.fnwatchdog.core.process.posix;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap. Threads: any for the address; only the allocating one for the content. */
public final class NativeMemory implements AutoCloseable {
    private static final MethodHandle OF_CONFINED;
    private static final MethodHandle OF_AUTO;
    private static final MethodHandle ALLOCATE;
    private static final MethodHandle AS_BUFFER;
    private static final MethodHandle ADDRESS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> arena = Class.forName("java.lang.foreign.Arena");
            Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
            OF_CONFINED = lookup.findStatic(arena, "ofConfined", MethodType.methodType(arena))
                    .asType(MethodType.methodType(AutoCloseable.class));
            OF_AUTO = lookup.findStatic(arena, "ofAuto", MethodType.methodType(arena))
                    .asType(MethodType.methodType(AutoCloseable.class));
            ALLOCATE = lookup.findVirtual(arena, "allocate", MethodType.methodType(segment, long.class, long.class))
                    .asType(MethodType.methodType(Object.class, AutoCloseable.class, long.class, long.class));
            AS_BUFFER = lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class))
                    .asType(MethodType.methodType(ByteBuffer.class, Object.class));
            ADDRESS = lookup.findVirtual(segment, "address", MethodType.methodType(long.class))
                    .asType(MethodType.methodType(long.class, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static final long ALIGNED = 16;

    private final AutoCloseable arena;
    private final long address;
    private final ByteBuffer bytes;

    private NativeMemory(AutoCloseable arena, long address, ByteBuffer bytes) {
        this.arena = arena;
        this.address = address;
        this.bytes = bytes.order(ByteOrder.nativeOrder());
    }

    /** Allocates zeroed memory that the caller closes. */
    public static NativeMemory allocate(long size) {
        try {
            return in((AutoCloseable) OF_CONFINED.invokeExact(), size);
        } catch (Throwable e) {
            throw ForeignFunctions.broken(e);
        }
    }

    /** Allocates zeroed memory that the garbage collector frees: users of the address must keep a reference to this object. */
    public static NativeMemory kept(long size) {
        try {
            return in((AutoCloseable) OF_AUTO.invokeExact(), size);
        } catch (Throwable e) {
            throw ForeignFunctions.broken(e);
        }
    }

    private static NativeMemory in(AutoCloseable arena, long size) throws Throwable {
        Object segment = (Object) ALLOCATE.invokeExact(arena, size, ALIGNED);
        ByteBuffer bytes = (ByteBuffer) AS_BUFFER.invokeExact(segment);
        return new NativeMemory(arena, (long) ADDRESS.invokeExact(segment), bytes);
    }

    public long address() {
        return address;
    }

    /** Returns the content, in native byte order. */
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try {
            arena.close();
        } catch (Exception e) {
            throw ForeignFunctions.broken(e);
        }
    }
}
