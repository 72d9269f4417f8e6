package dev.fnwatchdog.core.process.posix;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Calls C functions through {@code java.lang.foreign}. It uses reflection, because the code is compiled for releases
 * without that package.
 *
 * <p>All functions share one signature, six {@code long} parameters and a {@code long} result, because each method handle
 * takes tens of milliseconds to link. On the architectures in {@code MACHINES} integers and addresses are passed in
 * registers, a function ignores surplus ones, and the lower half of the result is the value of an {@code int} function.
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

    /**
     * Opens the C library.
     *
     * @throws LinkageError where this package is not supported, and where its use would print a warning: native access is not
     *     enabled
     */
    static ForeignFunctions open() {
        if (Runtime.version().feature() < FIRST_RELEASE
                || !System.getProperty("os.name", "").equals("Linux")
                || !MACHINES.contains(System.getProperty("os.arch", ""))) {
            throw new LinkageError("not available on this JDK, operating system or processor");
        }
        try {
            Module module = ForeignFunctions.class.getModule();
            if (!(boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module)) {
                throw new LinkageError("native access is not enabled");
            }
            return new ForeignFunctions();
        } catch (ReflectiveOperationException e) {
            throw broken(e);
        }
    }

    /** Wraps a failure of reflection, or of a native call, where only fatal errors occur. */
    static LinkageError broken(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new LinkageError(String.valueOf(e.getMessage()), e);
    }

    /** Looks up a function, as the first argument of {@link #caller}. */
    Object function(String name) {
        try {
            return ((Optional<?>) find.invoke(symbols, name)).orElseThrow(() -> new LinkageError(name));
        } catch (ReflectiveOperationException e) {
            throw broken(e);
        }
    }

    /** Returns a method handle that calls a function, an {@code Object} that precedes its six parameters. */
    MethodHandle caller() {
        try {
            return linked();
        } catch (ReflectiveOperationException e) {
            throw broken(e);
        }
    }

    private MethodHandle linked() throws ReflectiveOperationException {
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
