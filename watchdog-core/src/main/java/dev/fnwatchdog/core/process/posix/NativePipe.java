package dev.fnwatchdog.core.process.posix;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A pipe to or from a child: this process has a stream, the child gets a descriptor. */
public final class NativePipe {
    private static final int O_CLOEXEC = 0x80000;
    private static final int EMFILE = 24;

    private final int childEnd;
    private final Closeable stream;

    private NativePipe(int childEnd, Closeable stream) {
        this.childEnd = childEnd;
        this.stream = stream;
    }

    public static NativePipe toChild() throws IOException {
        int[] ends = open();
        return of(ends[0], ends[1], FileOutputStream::new);
    }

    public static NativePipe fromChild() throws IOException {
        int[] ends = open();
        return of(ends[1], ends[0], FileInputStream::new);
    }

    private interface Opening {
        Closeable open(String path) throws IOException;
    }

    /** Opens {@code /proc/self/fd/N}: the JDK cannot wrap a descriptor's number. It does not block, as both ends are open. */
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

    public int childEnd() {
        return childEnd;
    }

    public void closeChildEnd() {
        close(childEnd);
    }

    public void closeStream() {
        try {
            stream.close();
        } catch (IOException ignored) {
            // The descriptor is closed despite the error.
        }
    }

    public OutputStream input() {
        return (OutputStream) stream;
    }

    public InputStream output() {
        return (InputStream) stream;
    }
}
