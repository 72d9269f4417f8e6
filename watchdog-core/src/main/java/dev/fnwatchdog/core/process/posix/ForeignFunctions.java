package dev.fnwatchdog.core.process.posix;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The system's C functions through {@code java.lang.foreign}, which is reached by reflection since this is compiled for
 * releases that do not have it.
 *
 * <p>All are called in one way, with six {@code long}s for a {@code long}: a way costs tens of milliseconds to make. On the
 * machines that are named here a function takes its numbers and addresses from registers, of which it leaves alone what it
 * does not know of, and of a result that is an {@code int} the lower half counts.
 */
public final class ForeignFunctions {
    public static final int FIRST_RELEASE = 22;

    private static final int PARAMETERS = 6;
    private static final List<String> MACHINES = List.of("amd64", "aarch64");

    private final Object linker;
    private final Object symbols;
    private final Method find;

    private ForeignFunctions() throws ReflectiveOperationException {
        Class<?> type = Class.forName("java.lang.foreign.Linker");
        linker = type.getMethod("nativeLinker").invoke(null);
        symbols = type.getMethod("defaultLookup").invoke(linker);
        find = Class.forName("java.lang.foreign.SymbolLookup").getMethod("find", String.class);
    }

    /** Fails where there are none, and where using them would print a warning: then nobody has allowed it. */
    static ForeignFunctions open() throws ReflectiveOperationException {
        if (Runtime.version().feature() < FIRST_RELEASE
                || !System.getProperty("os.name", "").equals("Linux")
                || !MACHINES.contains(System.getProperty("os.arch", ""))) {
            throw new NoSuchMethodException("not on this JDK, this system or this machine");
        }
        Module module = ForeignFunctions.class.getModule();
        if (!(boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module)) {
            throw new IllegalAccessException("native access is not enabled");
        }
        return new ForeignFunctions();
    }

    /** These calls throw nothing but what no program survives. */
    static LinkageError broken(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new LinkageError(String.valueOf(e.getMessage()), e);
    }

    /** A function as {@link #caller} wants it. */
    Object function(String name) throws ReflectiveOperationException {
        return ((Optional<?>) find.invoke(symbols, name)).orElseThrow(() -> new NoSuchMethodException(name));
    }

    /** What calls a function, given as an {@code Object} before its six parameters. */
    MethodHandle caller() throws ReflectiveOperationException {
        Class<?> layout = Class.forName("java.lang.foreign.MemoryLayout");
        Class<?> descriptor = Class.forName("java.lang.foreign.FunctionDescriptor");
        Class<?> option = Class.forName("java.lang.foreign.Linker$Option");
        Object number = Class.forName("java.lang.foreign.ValueLayout")
                .getField("JAVA_LONG")
                .get(null);
        Object numbers = Array.newInstance(layout, PARAMETERS);
        for (int i = 0; i < PARAMETERS; i++) {
            Array.set(numbers, i, number);
        }
        Object shape = descriptor.getMethod("of", layout, layout.arrayType()).invoke(null, number, numbers);
        Object handle = Class.forName("java.lang.foreign.Linker")
                .getMethod("downcallHandle", descriptor, option.arrayType())
                .invoke(linker, shape, Array.newInstance(option, 0));
        Class<?>[] parameters = new Class<?>[1 + PARAMETERS];
        Arrays.fill(parameters, long.class);
        parameters[0] = Object.class;
        return ((MethodHandle) handle).asType(MethodType.methodType(long.class, parameters));
    }
}
