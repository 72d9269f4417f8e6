package dev.fnwatchdog.undertow.internal.inproc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads the classes of {@code function_path} (specification 5.3). It shares Undertow, XNIO and the Servlet API with the
 * watchdog. The watchdog's other classes and libraries are hidden, so the function can contain any version of them.
 *
 * <p>Threads: any.
 */
final class FunctionClassLoader extends URLClassLoader {
    private static final List<String> SHARED = List.of("io.undertow.", "org.xnio.", "jakarta.servlet.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader watchdog;

    private FunctionClassLoader(URL[] urls, ClassLoader watchdog) {
        super("function", urls, ClassLoader.getPlatformClassLoader());
        this.watchdog = watchdog;
    }

    /** @param path jars and folders; a folder stands for its classes and the jars in it */
    static FunctionClassLoader of(List<Path> path) {
        List<URL> urls = new ArrayList<>();
        for (Path part : path) {
            urls.add(url(part));
            jarsIn(part).forEach(jar -> urls.add(url(jar)));
        }
        return new FunctionClassLoader(urls.toArray(new URL[0]), FunctionClassLoader.class.getClassLoader());
    }

    private static List<Path> jarsIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
