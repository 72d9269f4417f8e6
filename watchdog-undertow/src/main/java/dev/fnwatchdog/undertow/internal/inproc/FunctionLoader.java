package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.internal.inproc.functionpath.FunctionPath;
import dev.fnwatchdog.undertow.internal.inproc.servlet.WebComponents;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpHandler;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;

/**
 * Creates the function and what calls it, according to its kind (specification 5.1, 5.2).
 *
 * @param temporary the folder for uploaded files
 */
record FunctionLoader(ModeConfig.Inproc mode, HandlerContext context, MemoryBudget memory, Path temporary) {
    /** Returns the started function. */
    InprocHandler load() throws FunctionFailedException {
        FunctionPath path = FunctionPath.of(mode.functionPath());
        path.refuseNestedArchives();
        for (Path descriptor : path.deploymentDescriptors()) {
            reportUnread(descriptor);
        }
        Optional<Object> function = new HandlerFinder(context.loader()).find(mode.handler());
        if (function.isEmpty()) {
            return startWebApplication(path);
        }
        if (mode.handler().isEmpty()) {
            context.log().info("Handler found: " + function.get().getClass().getName());
        }
        return start(function.get(), path);
    }

    private void reportUnread(Path descriptor) throws FunctionFailedException {
        // Refused in a comment too: without the constraint everybody could call what it guards.
        if (read(descriptor).contains("security-constraint")) {
            throw new FunctionFailedException(
                    "cannot use function_path: the security-constraint of %s would not be enforced"
                            .formatted(descriptor));
        }
        context.log()
                .warn(
                        "%s is not read: declare servlets, filters and listeners by annotations or a ServletContainerInitializer, and init parameters in servlet_init"
                                .formatted(descriptor));
    }

    private static String read(Path descriptor) throws FunctionFailedException {
        try {
            return Files.readString(descriptor, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new FunctionFailedException("cannot read %s: %s".formatted(descriptor, e.getMessage()), e);
        }
    }

    /** Returns the started function, which the program around the watchdog has created, and closes (specification 5.5). */
    InprocHandler load(Object given) throws FunctionFailedException {
        InprocHandler started = start(given, FunctionPath.of(mode.functionPath()));
        return given instanceof Servlet ? started : new PlainHandler(started.requestHandler(), null);
    }

    private InprocHandler start(Object function, FunctionPath path) throws FunctionFailedException {
        if (function instanceof HttpHandler exchanges) {
            return PlainHandler.of(new ExchangeFunction(context, exchanges, false), function);
        }
        if (function instanceof Servlet servlet) {
            return ServletFunction.start(servlet, components(path).withoutServlets(), context, servletSettings());
        }
        if (ModelTypes.isHandler(function)) {
            return PlainHandler.of(model(function), function);
        }
        throw new FunctionFailedException(
                "%s is not a handler: expected an io.undertow.server.HttpHandler, a jakarta.servlet.Servlet or a com.openfaas.model.IHandler"
                        .formatted(function.getClass().getName()));
    }

    private InprocHandler startWebApplication(FunctionPath path) throws FunctionFailedException {
        WebComponents components = components(path);
        if (components.isEmpty()) {
            throw HandlerFinder.nothingFound();
        }
        return ServletFunction.start(null, components, context, servletSettings());
    }

    /** Finds nothing on the class path, which can be that of a whole program around the watchdog. */
    private WebComponents components(FunctionPath path) throws FunctionFailedException {
        if (path.archives().isEmpty()) {
            return WebComponents.none();
        }
        try {
            return WebComponents.find(path.archives(), context.loader());
        } catch (IOException | IllegalStateException | ServiceConfigurationError e) {
            throw new FunctionFailedException("cannot use function_path: " + HandlerFinder.reason(e), e);
        }
    }

    private ServletFunction.Settings servletSettings() {
        return new ServletFunction.Settings(temporary, mode.servletInit(), memory);
    }

    private HttpHandler model(Object function) throws FunctionFailedException {
        String encoding = System.getProperty("file.encoding", "");
        if (!encoding.equals(StandardCharsets.UTF_8.name())) {
            context.log()
                    .warn(
                            "Query parameters outside ASCII are lost: OpenFaaS' model reads them in the JVM's file.encoding, %s"
                                    .formatted(encoding));
        }
        try {
            return new ModelFunction(context, function, ModelTypes.of(function), memory);
        } catch (ReflectiveOperationException e) {
            throw new FunctionFailedException(
                    "cannot use handler %s: its version of com.openfaas.model is not supported: %s"
                            .formatted(function.getClass().getName(), e.getMessage()),
                    e);
        }
    }

    /**
     * A function without a container.
     *
     * @param closed what is closed with it; null: nothing
     */
    private record PlainHandler(
            HttpHandler requestHandler, @Nullable AutoCloseable closed) implements InprocHandler {
        static PlainHandler of(HttpHandler requestHandler, Object function) {
            return new PlainHandler(requestHandler, function instanceof AutoCloseable closeable ? closeable : null);
        }

        @Override
        public void close() throws Exception {
            if (closed != null) {
                closed.close();
            }
        }
    }
}
