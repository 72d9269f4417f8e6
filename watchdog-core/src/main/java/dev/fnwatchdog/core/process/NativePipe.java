package dev.fnwatchdog.core.process;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A pipe between this process, which has a stream, and a child, which gets a descriptor. */
final class NativePipe {
    private static final int O_CLOEXEC = 0x80000;
    private static final int EMFILE = 24;

    private final int childEnd;
    private final Closeable stream;

    private NativePipe(int childEnd, Closeable stream) {
        this.childEnd = childEnd;
        this.stream = stream;
    }

    static NativePipe toChild() throws IOException {
        int[] ends = open();
        return of(ends[0], ends[1], FileOutputStream::new);
    }

    static NativePipe fromChild() throws IOException {
        int[] ends = open();
        return of(ends[1], ends[0], FileInputStream::new);
    }

    private interface Opening {
        Closeable open(String path) throws IOException;
    }

    /** The JDK makes no stream of a descriptor's number, but opens what it leads to, which waits for nobody here. */
    private static NativePipe of(int childEnd, int ownEnd, Opening opening) throws IOException {
        try {
            return new NativePipe(childEnd, opening.open("/proc/self/fd/" + ownEnd));
        } catch (IOException e) {
            close(childEnd);
            throw e;
        } finally {
            close(ownEnd);
        }
    }

    private static int[] open() throws IOException {
        try (NativeMemory ends = NativeMemory.allocate(2 * Integer.BYTES)) {
            if (LibC.pipe2(ends.address(), O_CLOEXEC) != 0) {
                throw new IOException(LibC.describe(EMFILE));
            }
            return new int[] {ends.bytes().getInt(0), ends.bytes().getInt(Integer.BYTES)};
        }
    }

    private static void close(int descriptor) {
        int ignored = LibC.close(descriptor);
    }

    int childEnd() {
        return childEnd;
    }

    void closeChildEnd() {
        close(childEnd);
    }

    void closeStream() {
        try {
            stream.close();
        } catch (IOException ignored) {
            // It is gone all the same.
        }
    }

    OutputStream input() {
        return (OutputStream) stream;
    }

    InputStream output() {
        return (InputStream) stream;
    }
}
