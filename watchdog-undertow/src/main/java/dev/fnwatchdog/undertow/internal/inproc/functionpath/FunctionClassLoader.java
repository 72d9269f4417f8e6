package dev.fnwatchdog.undertow.internal.inproc.functionpath;

import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the classes of {@code function_path} (specification 5.3). It shares Undertow, XNIO and the Servlet API with the
 * watchdog. The watchdog's other classes and libraries are hidden, so the function can contain any version of them.
 *
 * <p>Threads: any.
 */
public final class FunctionClassLoader extends URLClassLoader {
    private static final List<String> SHARED = List.of("io.undertow.", "org.xnio.", "jakarta.servlet.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader watchdog;

    private FunctionClassLoader(URL[] urls, ClassLoader watchdog) {
        super("function", urls, ClassLoader.getPlatformClassLoader());
        this.watchdog = watchdog;
    }

    public static FunctionClassLoader of(FunctionPath path) {
        URL[] urls = path.archives().stream().map(FunctionClassLoader::url).toArray(URL[]::new);
        return new FunctionClassLoader(urls, FunctionClassLoader.class.getClassLoader());
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
        return SHARED.stream().anyMatch(name::startsWith) ? watchdog.loadClass(name) : super.loadClass(name, resolve);
    }
}
