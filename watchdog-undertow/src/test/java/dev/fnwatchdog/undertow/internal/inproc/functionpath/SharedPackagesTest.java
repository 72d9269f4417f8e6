package dev.fnwatchdog.undertow.internal.inproc.functionpath;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SharedPackagesTest {
    /** Proves specification 5.3. */
    @Test
    void theFunctionSharesThePackagesOfThePrometheusLibraryThatTheWatchdogBrings() throws Exception {
        Set<String> brought = Arrays.stream(
                        System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> Path.of(entry).getFileName().toString().matches("prometheus-metrics-.*\\.jar"))
                .flatMap(entry -> packages(entry).stream())
                .collect(Collectors.toSet());

        assertThat(FunctionClassLoader.SHARED_PROMETHEUS).isEqualTo(brought);
    }

    private static Set<String> packages(String jar) {
        try (JarFile file = new JarFile(jar)) {
            return file.stream()
                    .map(entry -> entry.getName().replace('/', '.'))
                    .filter(name -> name.startsWith("io.prometheus.") && name.endsWith(".class"))
                    .map(name -> name.substring(0, name.lastIndexOf('.', name.length() - ".class".length() - 1)))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
