package dev.fnwatchdog.undertow.internal.inproc.functionpath;

import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Loads the classes of {@code function_path} (specification 5.3). It shares Undertow, XNIO, the Servlet API and the Prometheus library
 * with the watchdog. The watchdog's other classes and libraries are hidden, so the function can contain any version of them.
 *
 * <p>Threads: any.
 */
public final class FunctionClassLoader extends URLClassLoader {
    private static final List<String> SHARED = List.of("io.undertow.", "org.xnio.", "jakarta.servlet.");

    /** The packages of the Prometheus library that the watchdog brings; the function may bring others of the library itself. */
    static final Set<String> SHARED_PROMETHEUS = Set.of(
            "io.prometheus.metrics.config",
            "io.prometheus.metrics.core.datapoints",
            "io.prometheus.metrics.core.exemplars",
            "io.prometheus.metrics.core.metrics",
            "io.prometheus.metrics.core.util",
            "io.prometheus.metrics.expositionformats",
            "io.prometheus.metrics.instrumentation.jvm",
            "io.prometheus.metrics.model.registry",
            "io.prometheus.metrics.model.snapshots",
            "io.prometheus.metrics.tracer.agent",
            "io.prometheus.metrics.tracer.common",
            "io.prometheus.metrics.tracer.initializer",
            "io.prometheus.metrics.tracer.otel");

    static {
        registerAsParallelCapable();
    }

    private final FunctionPath path;
    private final ClassLoader watchdog;

    private FunctionClassLoader(FunctionPath path, ClassLoader watchdog) {
        super("function", urls(path), ClassLoader.getPlatformClassLoader());
        this.path = path;
        this.watchdog = watchdog;
    }

    public static FunctionClassLoader of(FunctionPath path) {
        return new FunctionClassLoader(path, FunctionClassLoader.class.getClassLoader());
    }

    /** Returns the jars and folders that it loads from. */
    FunctionPath path() {
        return path;
    }

    private static URL[] urls(FunctionPath path) {
        return path.archives().stream().map(FunctionClassLoader::url).toArray(URL[]::new);
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return isShared(name) ? watchdog.loadClass(name) : super.loadClass(name, resolve);
    }

    private static boolean isShared(String name) {
        return SHARED.stream().anyMatch(name::startsWith)
                || SHARED_PROMETHEUS.contains(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
    }
}
