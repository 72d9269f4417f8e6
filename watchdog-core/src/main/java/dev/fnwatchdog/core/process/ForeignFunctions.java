package dev.fnwatchdog.core.process;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Optional;

/**
 * The system's C functions through {@code java.lang.foreign}, which is reached by reflection since this is compiled for
 * releases that do not have it. Numbers and addresses alone go in and out, so that the handles have plain types.
 */
final class ForeignFunctions {
    private static final int FIRST_RELEASE = 22;

    private final Object linker;
    private final Object symbols;
    private final Method downcall;
    private final Method find;
    private final Class<?> layout;
    private final Class<?> option;

    private ForeignFunctions() throws ReflectiveOperationException {
        Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
        option = Class.forName("java.lang.foreign.Linker$Option");
        layout = Class.forName("java.lang.foreign.MemoryLayout");
        linker = linkerType.getMethod("nativeLinker").invoke(null);
        symbols = linkerType.getMethod("defaultLookup").invoke(linker);
        find = Class.forName("java.lang.foreign.SymbolLookup").getMethod("find", String.class);
        downcall = linkerType.getMethod(
                "downcallHandle",
                Class.forName("java.lang.foreign.MemorySegment"),
                Class.forName("java.lang.foreign.FunctionDescriptor"),
                option.arrayType());
    }

    /** Fails where there are none, and where using them would print a warning: then nobody has allowed it. */
    static ForeignFunctions open() throws ReflectiveOperationException {
        if (Runtime.version().feature() < FIRST_RELEASE) {
            throw new NoSuchMethodException("no foreign functions before JDK " + FIRST_RELEASE);
        }
        Module module = ForeignFunctions.class.getModule();
        if (!(boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(module)) {
            throw new IllegalAccessException("native access is not enabled");
        }
        return new ForeignFunctions();
    }

    /** A function whose parameters are {@code int} or {@code long}; an address is a {@code long}. */
    MethodHandle function(String name, Class<?> result, Class<?>... parameters) throws ReflectiveOperationException {
        return function(name, Array.newInstance(option, 0), result, parameters);
    }

    /** One that has {@code fixed} parameters before those whose number varies. */
    MethodHandle variadic(String name, int fixed, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        Object options = Array.newInstance(option, 1);
        Array.set(options, 0, option.getMethod("firstVariadicArg", int.class).invoke(null, fixed));
        return function(name, options, result, parameters);
    }

    private MethodHandle function(String name, Object options, Class<?> result, Class<?>... parameters)
            throws ReflectiveOperationException {
        Object symbol = ((Optional<?>) find.invoke(symbols, name)).orElseThrow(() -> new NoSuchMethodException(name));
        Object layouts = Array.newInstance(layout, parameters.length);
        for (int i = 0; i < parameters.length; i++) {
            Array.set(layouts, i, layout(parameters[i]));
        }
        Object descriptor = Class.forName("java.lang.foreign.FunctionDescriptor")
                .getMethod("of", layout, layout.arrayType())
                .invoke(null, layout(result), layouts);
        return (MethodHandle) downcall.invoke(linker, symbol, descriptor, options);
    }

    private static Object layout(Class<?> type) throws ReflectiveOperationException {
        String name = type == int.class ? "JAVA_INT" : "JAVA_LONG";
        return Class.forName("java.lang.foreign.ValueLayout").getField(name).get(null);
    }
}
