package dev.fnwatchdog.undertow.internal.inproc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The OpenFaaS model of a Java function, as the function's class loader has it. {@code com.openfaas:model} is part of the
 * function, not of the watchdog. Its own request class parses path and query, so a function gets the same as from the OpenFaaS
 * entrypoint.
 *
 * <p>Threads: any.
 */
final class ModelTypes {
    private static final String PACKAGE = "com.openfaas.model.";

    private final MethodHandle request;
    private final MethodHandle handle;
    private final MethodHandle body;
    private final MethodHandle headers;
    private final MethodHandle contentType;
    private final MethodHandle statusCode;

    private ModelTypes(Class<?> handler) throws ReflectiveOperationException {
        ClassLoader loader = handler.getClassLoader();
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        Class<?> requestType = Class.forName(PACKAGE + "IRequest", false, loader);
        Class<?> response = Class.forName(PACKAGE + "IResponse", false, loader);
        this.request = lookup.findConstructor(
                        Class.forName(PACKAGE + "Request", false, loader),
                        MethodType.methodType(void.class, String.class, Map.class, String.class, String.class))
                .asType(MethodType.methodType(Object.class, String.class, Map.class, String.class, String.class));
        this.handle = lookup.findVirtual(handler, "Handle", MethodType.methodType(response, requestType))
                .asType(MethodType.methodType(Object.class, Object.class, Object.class));
        this.body = getter(lookup, response, "getBody", String.class);
        this.headers = getter(lookup, response, "getHeaders", Map.class);
        this.contentType = getter(lookup, response, "getContentType", String.class);
        this.statusCode = getter(lookup, response, "getStatusCode", int.class);
    }

    private static MethodHandle getter(MethodHandles.Lookup lookup, Class<?> type, String name, Class<?> result)
            throws ReflectiveOperationException {
        return lookup.findVirtual(type, name, MethodType.methodType(result))
                .asType(MethodType.methodType(result, Object.class));
    }

    /**
     * Returns the types that a handler of the model can be provided as; none where the function does not contain the model.
     */
    static List<Class<?>> handlers(ClassLoader loader) {
        List<Class<?>> found = new ArrayList<>();
        for (String name : List.of("IHandler", "AbstractHandler")) {
            try {
                found.add(Class.forName(PACKAGE + name, false, loader));
            } catch (ClassNotFoundException none) {
                return List.of();
            }
        }
        return found;
    }

    /** Returns whether an object is a handler of the model. */
    static boolean isHandler(Object object) {
        return handlerType(object.getClass()) != null;
    }

    private static @Nullable Class<?> handlerType(@Nullable Class<?> type) {
        if (type == null || type.getName().equals(PACKAGE + "IHandler")) {
            return type;
        }
        for (Class<?> implemented : type.getInterfaces()) {
            Class<?> found = handlerType(implemented);
            if (found != null) {
                return found;
            }
        }
        return handlerType(type.getSuperclass());
    }

    /** @throws ReflectiveOperationException where the model differs from the known one */
    static ModelTypes of(Object handler) throws ReflectiveOperationException {
        Class<?> type = handlerType(handler.getClass());
        if (type == null) {
            throw new ClassNotFoundException(PACKAGE + "IHandler");
        }
        return new ModelTypes(type);
    }

    /** Calls {@code handler} with a request. */
    Object call(Object handler, String content, Map<String, String> fields, @Nullable String query, String path)
            throws Throwable {
        Object requestObject = request.invokeExact(content, fields, query, path);
        return handle.invokeExact(handler, requestObject);
    }

    @Nullable
    String body(Object response) throws Throwable {
        return (String) body.invokeExact(response);
    }

    @Nullable
    Map<?, ?> headers(Object response) throws Throwable {
        return (Map<?, ?>) headers.invokeExact(response);
    }

    @Nullable
    String contentType(Object response) throws Throwable {
        return (String) contentType.invokeExact(response);
    }

    int statusCode(Object response) throws Throwable {
        return (int) statusCode.invokeExact(response);
    }
}
