package dev.fnwatchdog.undertow.internal.inproc.functionpath;

import io.undertow.server.handlers.resource.ClassPathResourceManager;
import io.undertow.server.handlers.resource.Resource;
import io.undertow.server.handlers.resource.ResourceChangeListener;
import io.undertow.server.handlers.resource.ResourceManager;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of {@code META-INF/resources} in the jars and folders of function_path (specification 5.14). In a folder, links are
 * followed where they lead to something inside it.
 *
 * <p>Threads: any; a lookup blocks on the disk.
 */
public final class FunctionResources implements ResourceManager {
    private static final String FOLDER = "META-INF/resources";

    private final ResourceManager found;
    private final List<Path> folders;

    private FunctionResources(ResourceManager found, List<Path> folders) {
        this.found = found;
        this.folders = folders;
    }

    public static FunctionResources of(FunctionClassLoader loader) {
        List<Path> folders = loader.path().archives().stream()
                .map(archive -> archive.toAbsolutePath().normalize().resolve(FOLDER))
                .toList();
        return new FunctionResources(new ClassPathResourceManager(loader, FOLDER), folders);
    }

    @Override
    public @Nullable Resource getResource(String path) throws IOException {
        Resource resource = found.getResource(path);
        return resource != null && isContained(resource) ? resource : null;
    }

    private boolean isContained(Resource resource) throws IOException {
        Path file = resource.getFilePath();
        // A jar contains no links, and what is in it has no path.
        return file == null || isContained(file.toAbsolutePath().normalize());
    }

    private boolean isContained(Path file) throws IOException {
        try {
            for (Path folder : folders) {
                if (file.startsWith(folder)) {
                    return file.toRealPath().startsWith(folder.toRealPath());
                }
            }
        } catch (NoSuchFileException removed) {
            // It was there a moment ago.
        }
        return false;
    }

    @Override
    public boolean isResourceChangeListenerSupported() {
        return found.isResourceChangeListenerSupported();
    }

    @Override
    public void registerResourceChangeListener(ResourceChangeListener listener) {
        found.registerResourceChangeListener(listener);
    }

    @Override
    public void removeResourceChangeListener(ResourceChangeListener listener) {
        found.removeResourceChangeListener(listener);
    }

    @Override
    public void close() throws IOException {
        found.close();
    }
}
