package dev.fnwatchdog.core.process.posix;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.List;

/** An immutable, null-terminated array of C strings. */
public final class NativeStrings {
    /** The encoding in which the JDK reads variables and writes arguments. */
    public static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    public static final int ADDRESS = Long.BYTES;

    private final NativeMemory memory;
    private final long[] addresses;

    public NativeStrings(List<byte[]> strings) {
        int head = ADDRESS * (strings.size() + 1);
        long size = head + strings.stream().mapToLong(each -> each.length + 1L).sum();
        this.memory = NativeMemory.kept(size);
        this.addresses = new long[strings.size()];
        ByteBuffer bytes = memory.bytes();
        int at = head;
        for (int i = 0; i < addresses.length; i++) {
            byte[] string = strings.get(i);
            addresses[i] = memory.address() + at;
            bytes.putLong(i * ADDRESS, addresses[i]);
            bytes.put(at, string);
            at += string.length + 1;
        }
    }

    /** Returns the address of the array. */
    public long address() {
        return memory.address();
    }

    /** Returns the address of each string. */
    public long[] addresses() {
        return addresses;
    }
}
