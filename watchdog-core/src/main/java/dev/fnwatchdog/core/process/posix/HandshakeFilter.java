package dev.fnwatchdog.core.process.posix;

import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * Makes Linux ignore new TCP connections to a listening socket, while handshakes that have begun still complete. A port
 * can then be closed without loss: once the last handshake is over, all connections have been accepted.
 *
 * <p>A client whose SYN is ignored sends it again a second later, and finds the port closed, or another server there.
 * Needs JDK 22 or later with native access. Threads: any.
 */
public final class HandshakeFilter {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    /** Offset in the TCP header, which is where the data of a TCP socket's filter begins. */
    private static final int FLAGS_OFFSET = 13;

    private static final int SYN = 0x02;
    private static final int ACK = 0x10;

    // Classic BPF, as linux/bpf_common.h numbers it.
    private static final int LOAD_BYTE = 0x30;
    private static final int AND = 0x54;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int DROP = 0;
    private static final int PASS_WHOLE = -1;

    private static final int INSTRUCTIONS = 5;
    private static final int INSTRUCTION_BYTES = 8;
    /** struct sock_fprog: a count, and after padding an address. */
    private static final int PROGRAM_BYTES = 16;

    private static final int ADDRESS_OFFSET = 8;

    private HandshakeFilter() {}

    /**
     * Attaches the filter to a listening socket; there is no need to detach it from one that is closed soon.
     *
     * @param descriptor the descriptor of the socket
     * @return false if this JVM, this system or its sandbox does not allow it; nothing has changed then
     */
    public static boolean attach(int descriptor) {
        try {
            return Native.attach(descriptor) == 0;
        } catch (LinkageError unavailable) {
            return false;
        }
    }

    /** Loaded only when a port is closed, because linking takes tens of milliseconds. */
    private static final class Native {
        private static final ForeignFunctions C = ForeignFunctions.open();
        private static final Object SETSOCKOPT = C.function("setsockopt");
        private static final MethodHandle CALLER = C.caller();

        static int attach(int descriptor) {
            try (NativeMemory memory = NativeMemory.allocate(PROGRAM_BYTES + INSTRUCTIONS * INSTRUCTION_BYTES)) {
                write(memory.bytes(), memory.address());
                return (int) (long) CALLER.invokeExact(
                        SETSOCKOPT,
                        (long) descriptor,
                        (long) SOL_SOCKET,
                        (long) SO_ATTACH_FILTER,
                        memory.address(),
                        (long) PROGRAM_BYTES,
                        0L);
            } catch (Throwable e) {
                throw ForeignFunctions.broken(e);
            }
        }

        private static void write(ByteBuffer memory, long address) {
            memory.putShort(0, (short) INSTRUCTIONS).putLong(ADDRESS_OFFSET, address + PROGRAM_BYTES);
            memory.position(PROGRAM_BYTES);
            instruction(memory, LOAD_BYTE, 0, 0, FLAGS_OFFSET);
            instruction(memory, AND, 0, 0, SYN | ACK);
            // The first segment of a handshake is the only one with SYN and without ACK.
            instruction(memory, JUMP_IF_EQUAL, 0, 1, SYN);
            instruction(memory, RETURN, 0, 0, DROP);
            instruction(memory, RETURN, 0, 0, PASS_WHOLE);
        }

        private static void instruction(ByteBuffer memory, int code, int ifTrue, int ifFalse, int operand) {
            memory.putShort((short) code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
        }
    }
}
