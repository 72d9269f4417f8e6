package dev.fnwatchdog.core.process;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandle;

/**
 * The functions of Linux's C library that starting and ending processes takes, where they can be had: JDK 22 and later,
 * native access enabled, and a library that has them all (glibc 2.34 and later). Each tells an error as it does in C,
 * without its number unless that is its result.
 */
final class LibC {
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int SIGSTOP = 19;

    private static final Class<?> INT = int.class;
    private static final Class<?> LONG = long.class;
    private static final int LONGEST_TEXT = 256;

    private static final MethodHandle ATTR_INIT;
    private static final MethodHandle ATTR_SETFLAGS;
    private static final MethodHandle ATTR_SETSIGMASK;
    private static final MethodHandle ATTR_SETSIGDEFAULT;
    private static final MethodHandle ACTIONS_INIT;
    private static final MethodHandle ACTIONS_DESTROY;
    private static final MethodHandle ACTIONS_ADDDUP2;
    private static final MethodHandle ACTIONS_ADDCLOSEFROM;
    private static final MethodHandle SPAWN;
    private static final MethodHandle WAITPID;
    private static final MethodHandle WAITID;
    private static final MethodHandle KILL;
    private static final MethodHandle PIPE2;
    private static final MethodHandle CLOSE;
    private static final MethodHandle FCNTL;
    private static final MethodHandle SYSCALL;
    private static final MethodHandle EPOLL_CREATE1;
    private static final MethodHandle EPOLL_CTL;
    private static final MethodHandle EPOLL_WAIT;
    private static final MethodHandle PRCTL;
    private static final MethodHandle STRERROR_R;

    static {
        try {
            ForeignFunctions c = ForeignFunctions.open();
            ATTR_INIT = c.function("posix_spawnattr_init", INT, LONG);
            ATTR_SETFLAGS = c.function("posix_spawnattr_setflags", INT, LONG, INT);
            ATTR_SETSIGMASK = c.function("posix_spawnattr_setsigmask", INT, LONG, LONG);
            ATTR_SETSIGDEFAULT = c.function("posix_spawnattr_setsigdefault", INT, LONG, LONG);
            ACTIONS_INIT = c.function("posix_spawn_file_actions_init", INT, LONG);
            ACTIONS_DESTROY = c.function("posix_spawn_file_actions_destroy", INT, LONG);
            ACTIONS_ADDDUP2 = c.function("posix_spawn_file_actions_adddup2", INT, LONG, INT, INT);
            ACTIONS_ADDCLOSEFROM = c.function("posix_spawn_file_actions_addclosefrom_np", INT, LONG, INT);
            SPAWN = c.function("posix_spawn", INT, LONG, LONG, LONG, LONG, LONG, LONG);
            WAITPID = c.function("waitpid", INT, INT, LONG, INT);
            WAITID = c.function("waitid", INT, INT, INT, LONG, INT);
            KILL = c.function("kill", INT, INT, INT);
            PIPE2 = c.function("pipe2", INT, LONG, INT);
            CLOSE = c.function("close", INT, INT);
            FCNTL = c.variadic("fcntl", 2, INT, INT, INT, INT);
            SYSCALL = c.variadic("syscall", 1, LONG, LONG, LONG, LONG, LONG, LONG);
            EPOLL_CREATE1 = c.function("epoll_create1", INT, INT);
            EPOLL_CTL = c.function("epoll_ctl", INT, INT, INT, INT, LONG);
            EPOLL_WAIT = c.function("epoll_wait", INT, INT, LONG, INT, INT);
            PRCTL = c.variadic("prctl", 1, INT, INT, LONG, LONG, LONG, LONG);
            STRERROR_R = c.function("__xpg_strerror_r", INT, INT, LONG, LONG);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private LibC() {}

    /** These handles throw nothing but what no program survives. */
    static LinkageError broken(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new LinkageError(String.valueOf(e.getMessage()), e);
    }

    /** What the system says of an error's number, as {@code No such file or directory}. */
    static String describe(int errno) {
        try (NativeMemory text = NativeMemory.allocate(LONGEST_TEXT)) {
            int result = (int) STRERROR_R.invokeExact(errno, text.address(), (long) LONGEST_TEXT);
            byte[] bytes = new byte[LONGEST_TEXT];
            text.bytes().get(bytes);
            String words = new String(bytes, US_ASCII);
            return result == 0 ? words.substring(0, words.indexOf('\0')) : "error " + errno;
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int spawnAttributesInit(long attributes) {
        try {
            return (int) ATTR_INIT.invokeExact(attributes);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int spawnAttributesFlags(long attributes, int flags) {
        try {
            return (int) ATTR_SETFLAGS.invokeExact(attributes, flags);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int spawnAttributesMask(long attributes, long signals) {
        try {
            return (int) ATTR_SETSIGMASK.invokeExact(attributes, signals);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int spawnAttributesDefault(long attributes, long signals) {
        try {
            return (int) ATTR_SETSIGDEFAULT.invokeExact(attributes, signals);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int fileActionsInit(long actions) {
        try {
            return (int) ACTIONS_INIT.invokeExact(actions);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int fileActionsDestroy(long actions) {
        try {
            return (int) ACTIONS_DESTROY.invokeExact(actions);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int fileActionsDup2(long actions, int from, int to) {
        try {
            return (int) ACTIONS_ADDDUP2.invokeExact(actions, from, to);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int fileActionsCloseFrom(long actions, int first) {
        try {
            return (int) ACTIONS_ADDCLOSEFROM.invokeExact(actions, first);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** The error's number, or 0. */
    static int spawn(long pid, long file, long actions, long attributes, long words, long environment) {
        try {
            return (int) SPAWN.invokeExact(pid, file, actions, attributes, words, environment);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int waitpid(int pid, long status, int options) {
        try {
            return (int) WAITPID.invokeExact(pid, status, options);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int waitid(int kind, int pid, long info, int options) {
        try {
            return (int) WAITID.invokeExact(kind, pid, info, options);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    /** A negative pid is a process group's. */
    static int kill(int pid, int signal) {
        try {
            return (int) KILL.invokeExact(pid, signal);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int pipe2(long ends, int flags) {
        try {
            return (int) PIPE2.invokeExact(ends, flags);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int close(int descriptor) {
        try {
            return (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int fcntl(int descriptor, int command, int argument) {
        try {
            return (int) FCNTL.invokeExact(descriptor, command, argument);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static long syscall(long number, long a, long b, long c, long d) {
        try {
            return (long) SYSCALL.invokeExact(number, a, b, c, d);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int epollCreate(int flags) {
        try {
            return (int) EPOLL_CREATE1.invokeExact(flags);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int epollControl(int epoll, int operation, int descriptor, long event) {
        try {
            return (int) EPOLL_CTL.invokeExact(epoll, operation, descriptor, event);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int epollWait(int epoll, long events, int most, int millis) {
        try {
            return (int) EPOLL_WAIT.invokeExact(epoll, events, most, millis);
        } catch (Throwable e) {
            throw broken(e);
        }
    }

    static int prctl(int option, long a, long b, long c, long d) {
        try {
            return (int) PRCTL.invokeExact(option, a, b, c, d);
        } catch (Throwable e) {
            throw broken(e);
        }
    }
}
