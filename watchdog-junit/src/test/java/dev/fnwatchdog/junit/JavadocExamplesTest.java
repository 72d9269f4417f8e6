package dev.fnwatchdog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks the examples in the Javadoc of the public API. The API consists of the packages for other programs, and of the types of
 * further packages in their signatures. This module has all of them on its class path.
 */
class JavadocExamplesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final List<String> PACKAGES =
            List.of("dev.fnwatchdog.core.config", "dev.fnwatchdog.undertow", "dev.fnwatchdog.junit");

    /** Public for the JVM and for {@code ServiceLoader}: no program calls them. */
    private static final List<String> NOT_CALLED =
            List.of("dev.fnwatchdog.undertow.Main", "dev.fnwatchdog.undertow.QuietLoggerProvider");

    private static final List<String> MODULES = List.of("watchdog-core", "watchdog-undertow", "watchdog-junit");

    private static final Pattern PUBLIC_TYPE = Pattern.compile(
            "(?m)^public (?:final |sealed |abstract )*(?:class|interface|record|enum|@interface) (\\w+)");

    private static final Pattern NAMED_TYPE = Pattern.compile("dev\\.fnwatchdog\\.[a-z0-9.]+\\.[A-Z]\\w*");
    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* }</pre>", Pattern.DOTALL);
    private static final Pattern DECLARATION = Pattern.compile("(?m)^(?:@\\w|(?:public |static |final )*class )");

    private static final String IMPORTS = """
            package example;

            import static org.junit.jupiter.api.Assertions.*;

            import dev.fnwatchdog.core.config.*;
            import dev.fnwatchdog.core.health.*;
            import dev.fnwatchdog.core.log.*;
            import dev.fnwatchdog.core.process.*;
            import dev.fnwatchdog.core.process.posix.*;
            import dev.fnwatchdog.junit.*;
            import dev.fnwatchdog.undertow.*;
            import io.undertow.server.*;
            import java.net.*;
            import java.net.http.*;
            import java.time.*;
            import java.util.*;
            import org.junit.jupiter.api.*;
            import org.junit.jupiter.api.extension.*;

            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path classes;

    @Test
    void everyTypeOfThePublicApiHasAnExample() throws Exception {
        Map<String, String> sources = sources();

        assertThat(sources).hasSizeGreaterThan(20);
        assertThat(sources)
                .allSatisfy((type, source) -> assertThat(EXAMPLE.matcher(source).find())
                        .as("an example in the Javadoc of " + type)
                        .isTrue());
    }

    @Test
    void theExamplesOfThePublicApiCompile() throws Exception {
        List<JavaFileObject> examples = new ArrayList<>();
        sources().forEach((type, source) -> {
            for (MatchResult example : EXAMPLE.matcher(source).results().toList()) {
                examples.add(new Example("ExampleOf" + simpleName(type) + examples.size(), example.group(1)));
            }
        });
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK");
        DiagnosticCollector<JavaFileObject> messages = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path", ""));

        compiler.getTask(null, null, messages, options, null, examples).call();

        assertThat(messages.getDiagnostics().stream()
                        .filter(message -> message.getKind() == Diagnostic.Kind.ERROR)
                        .map(Object::toString))
                .isEmpty();
    }

    /** Returns the source of each type of the API, by the name of the type. */
    private static Map<String, String> sources() throws Exception {
        Map<String, String> sources = new TreeMap<>();
        TreeSet<String> named = new TreeSet<>();
        for (String type : publicTypes()) {
            sources.put(type, source(type));
            named.addAll(typesInSignatures(Class.forName(type)));
        }
        for (String type : named) {
            sources.put(type, source(type));
        }
        sources.keySet().removeAll(NOT_CALLED);
        return sources;
    }

    private static List<String> publicTypes() throws IOException {
        List<String> types = new ArrayList<>();
        for (String name : PACKAGES) {
            for (Path file : files(name)) {
                PUBLIC_TYPE
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(type -> types.add(name + "." + type.group(1)));
            }
        }
        return types;
    }

    private static List<Path> files(String packageName) throws IOException {
        for (String module : MODULES) {
            Path folder = ROOT.resolve(module).resolve("src/main/java").resolve(packageName.replace('.', '/'));
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.list(folder)) {
                    return files.filter(file -> file.toString().endsWith(".java"))
                            .toList();
                }
            }
        }
        throw new IllegalArgumentException("no sources of " + packageName);
    }

    private static List<String> typesInSignatures(Class<?> type) {
        List<String> named = new ArrayList<>();
        Stream<Executable> members =
                Stream.concat(Arrays.stream(type.getConstructors()), Arrays.stream(type.getDeclaredMethods()));
        members.filter(member -> (member.getModifiers() & Modifier.PUBLIC) != 0)
                .flatMap(member -> NAMED_TYPE.matcher(member.toGenericString()).results())
                .forEach(found -> named.add(found.group()));
        for (Class<?> nested : type.getClasses()) {
            named.addAll(typesInSignatures(nested));
        }
        return named;
    }

    private static String source(String type) throws IOException {
        String packageName = type.substring(0, type.lastIndexOf('.'));
        for (Path file : files(packageName)) {
            if (file.endsWith(simpleName(type) + ".java")) {
                return Files.readString(file);
            }
        }
        throw new IllegalArgumentException("no source of " + type);
    }

    private static String simpleName(String type) {
        return type.substring(type.lastIndexOf('.') + 1);
    }

    /** The lines of a Javadoc as a class: as its members if they are declarations, otherwise as statements. */
    private static final class Example extends SimpleJavaFileObject {
        private final String content;

        Example(String name, String lines) {
            super(URI.create("string:///example/" + name + ".java"), Kind.SOURCE);
            String code = Pattern.compile("(?m)^ \\* ?").matcher(lines).replaceAll("");
            boolean declarations = DECLARATION.matcher(code).find();
            content = IMPORTS + "class " + name + " {\n"
                    + (declarations ? code : "void example() throws Exception {\n" + code + "\n}") + "\n}\n";
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return content;
        }
    }
}
