package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A function's jar, compiled and packed by the test. */
final class FunctionJar {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> entries = new LinkedHashMap<>();

    /** Adds a class by its whole name. */
    FunctionJar source(String name, String text) {
        sources.put(name, text);
        return this;
    }

    /** Adds a service provider. */
    FunctionJar provides(String service, String provider) {
        entries.put("META-INF/services/" + service, provider + "\n");
        return this;
    }

    /** Compiles against the tests' own class path, and writes the jar. */
    Path write(Path folder, String name) throws IOException {
        Path work = Files.createTempDirectory(folder, "jar");
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn", "-proc:none", "--release", "17", "-cp", System.getProperty("java.class.path"), "-d"));
        Path classes = Files.createDirectory(work.resolve("classes"));
        arguments.add(classes.toString());
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = work.resolve("src").resolve(source.getKey().replace('.', '/') + ".java");
            Files.createDirectories(file.getParent());
            arguments.add(Files.writeString(file, source.getValue()).toString());
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalArgumentException("the function does not compile");
        }
        Path jar = folder.resolve(name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                packed.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, packed);
            }
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                packed.putNextEntry(new JarEntry(entry.getKey()));
                packed.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return jar;
    }
}
