package dev.fnwatchdog.core.process.posix;

import java.lang.invoke.MethodHandle;

/**
 * The functions of Linux's C library that start and end processes. They need JDK 22 or later, native access, and a library
 * that has all of them (glibc 2.34 and later). Each returns errors as in C; errno is available only where it is the result.
 */
public final class LibC {
    public static final int SIGKILL = 9;
    public static final int SIGTERM = 15;
    public static final int SIGSTOP = 19;

    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;
    private static final int LONGEST_TEXT = 256;

    private static final ForeignFunctions C = ForeignFunctions.open();
    private static final Object ATTR_INIT = C.function("posix_spawnattr_init");
    private static final Object ATTR_SETFLAGS = C.function("posix_spawnattr_setflags");
    private static final Object ATTR_SETSIGMASK = C.function("posix_spawnattr_setsigmask");
    private static final Object ATTR_SETSIGDEFAULT = C.function("posix_spawnattr_setsigdefault");
    private static final Object ACTIONS_INIT = C.function("posix_spawn_file_actions_init");
    private static final Object ACTIONS_DESTROY = C.function("posix_spawn_file_actions_destroy");
    private static final Object ACTIONS_ADDDUP2 = C.function("posix_spawn_file_actions_adddup2");
    private static final Object ACTIONS_ADDCLOSEFROM = C.function("posix_spawn_file_actions_addclosefrom_np");
    private static final Object SPAWN = C.function("posix_spawn");
    private static final Object WAITPID = C.function("waitpid");
    private static final Object WAITID = C.function("waitid");
    private static final Object KILL = C.function("kill");
    private static final Object PIPE2 = C.function("pipe2");
    private static final Object CLOSE = C.function("close");
    private static final Object FCNTL = C.function("fcntl");
    private static final Object SYSCALL = C.function("syscall");
    private static final Object EPOLL_CREATE1 = C.function("epoll_create1");
    private static final Object EPOLL_CTL = C.function("epoll_ctl");
    private static final Object EPOLL_WAIT = C.function("epoll_wait");
    private static final Object PRCTL = C.function("prctl");
    private static final Object STRERROR_R = C.function("__xpg_strerror_r");
    // Last, because it takes the longest.
    private static final MethodHandle CALLER = C.caller();

    private LibC() {}

    private static long call(Object function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALLER.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable failure) {
            throw ForeignFunctions.broken(failure);
        }
    }

    private static int call(Object function, long a, long b, long c, long d) {
        return (int) call(function, a, b, c, d, 0L, 0L);
    }

    /** Returns the system's message for an errno, such as {@code No such file or directory}. */
    public static String describe(int errno) {
        try (NativeMemory text = NativeMemory.allocate(LONGEST_TEXT)) {
            int result = call(STRERROR_R, errno, text.address(), LONGEST_TEXT, 0L);
            byte[] bytes = new byte[LONGEST_TEXT];
            text.bytes().get(bytes);
            String words = new String(bytes, NativeStrings.CHARSET);
            return result == 0 ? words.substring(0, words.indexOf('\0')) : "error " + errno;
        }
    }

    /** Returns whether the system supports pidfds. */
    public static boolean hasPidfd() {
        int descriptor = pidfdOpen(ProcessHandle.current().pid());
        return descriptor >= 0 && close(descriptor) == 0;
    }

    /** Returns a descriptor of a process, negative if there is none. */
    public static int pidfdOpen(long pid) {
        return call(SYSCALL, PIDFD_OPEN, pid, 0L, 0L);
    }

    public static int pidfdSendSignal(int descriptor, int signal) {
        return (int) call(SYSCALL, PIDFD_SEND_SIGNAL, descriptor, signal, 0L, 0L, 0L);
    }

    public static int spawnAttributesInit(long attributes) {
        return call(ATTR_INIT, attributes, 0L, 0L, 0L);
    }

    public static int spawnAttributesFlags(long attributes, int flags) {
        return call(ATTR_SETFLAGS, attributes, flags, 0L, 0L);
    }

    public static int spawnAttributesMask(long attributes, long signals) {
        return call(ATTR_SETSIGMASK, attributes, signals, 0L, 0L);
    }

    public static int spawnAttributesDefault(long attributes, long signals) {
        return call(ATTR_SETSIGDEFAULT, attributes, signals, 0L, 0L);
    }

    public static int fileActionsInit(long actions) {
        return call(ACTIONS_INIT, actions, 0L, 0L, 0L);
    }

    public static int fileActionsDestroy(long actions) {
        return call(ACTIONS_DESTROY, actions, 0L, 0L, 0L);
    }

    public static int fileActionsDup2(long actions, int from, int to) {
        return call(ACTIONS_ADDDUP2, actions, from, to, 0L);
    }

    public static int fileActionsCloseFrom(long actions, int first) {
        return call(ACTIONS_ADDCLOSEFROM, actions, first, 0L, 0L);
    }

    /** Returns errno, or 0 on success. */
    public static int spawn(long pid, long file, long actions, long attributes, long words, long environment) {
        return (int) call(SPAWN, pid, file, actions, attributes, words, environment);
    }

    public static int waitpid(int pid, long status, int options) {
        return call(WAITPID, pid, status, options, 0L);
    }

    public static int waitid(int kind, int pid, long info, int options) {
        return call(WAITID, kind, pid, info, options);
    }

    /** Sends a signal to a process, or to a process group if the pid is negative. */
    public static int kill(int pid, int signal) {
        return call(KILL, pid, signal, 0L, 0L);
    }

    public static int pipe2(long ends, int flags) {
        return call(PIPE2, ends, flags, 0L, 0L);
    }

    public static int close(int descriptor) {
        return call(CLOSE, descriptor, 0L, 0L, 0L);
    }

    public static int fcntl(int descriptor, int command, int argument) {
        return call(FCNTL, descriptor, command, argument, 0L);
    }

    static int epollCreate(int flags) {
        return call(EPOLL_CREATE1, flags, 0L, 0L, 0L);
    }

    static int epollControl(int epoll, int operation, int descriptor, long event) {
        return call(EPOLL_CTL, epoll, operation, descriptor, event);
    }

    static int epollWait(int epoll, long events, int most, int millis) {
        return call(EPOLL_WAIT, epoll, events, most, millis);
    }

    public static int prctl(int option, long argument) {
        return call(PRCTL, option, argument, 0L, 0L);
    }
}
