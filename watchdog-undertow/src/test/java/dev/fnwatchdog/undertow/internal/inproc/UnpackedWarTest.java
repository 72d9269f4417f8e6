package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a web application of which the folders are those of a war. */
class UnpackedWarTest {
    private static final String SERVLET = """
            package com.example;

            import jakarta.servlet.annotation.WebServlet;
            import jakarta.servlet.http.*;
            import java.io.IOException;

            @WebServlet("/*")
            public class Hello extends HttpServlet {
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    response.getWriter().write("hello");
                }
            }
            """;

    private static final String UNREAD = "web.xml is not read: declare servlets, filters and listeners by annotations";

    @TempDir
    private Path war;

    private Path classes;
    private Path lib;

    @BeforeEach
    void unpack() throws Exception {
        classes = Files.createDirectories(war.resolve("WEB-INF/classes"));
        lib = Files.createDirectories(war.resolve("WEB-INF/lib"));
        Path work = Files.createDirectory(war.resolve("work"));
        Files.move(
                new FunctionJar().source("com.example.Hello", SERVLET).write(work, "hello.jar"),
                lib.resolve("hello.jar"));
    }

    private static RunningWatchdog serve(String functionPath) throws Exception {
        return RunningWatchdog.started(UnaryOperator.identity(), "mode", "inproc", "function_path", functionPath);
    }

    /** Proves specification 5.14. */
    @Test
    void theDeploymentDescriptorOfAWarIsNotReadWhichOneWarningLineSays() throws Exception {
        Path descriptor = Files.writeString(war.resolve("WEB-INF/web.xml"), "<web-app/>");
        try (RunningWatchdog watchdog = serve(classes + File.pathSeparator + lib)) {
            assertThat(watchdog.get("/").body()).isEqualTo("hello");
            watchdog.log().awaitLine("GET / - 200");
            assertThat(watchdog.log().lines().stream().filter(line -> line.contains(UNREAD)))
                    .singleElement()
                    .asString()
                    .contains(descriptor.toString());
        }
    }

    /** Proves specification 5.14. */
    @Test
    void aSecurityConstraintIsRefusedBecauseItWouldNotBeEnforced() throws Exception {
        Path descriptor =
                Files.writeString(war.resolve("WEB-INF/web.xml"), "<w:web-app><w:security-constraint/></w:web-app>");
        assertThatThrownBy(() -> serve(classes + File.pathSeparator + lib))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessage("cannot use function_path: the security-constraint of %s would not be enforced"
                        .formatted(descriptor));
    }

    /** Proves specification 5.14. */
    @Test
    void aWarWithoutADeploymentDescriptorIsServedWithoutAWarning() throws Exception {
        try (RunningWatchdog watchdog = serve(classes + File.pathSeparator + lib)) {
            assertThat(watchdog.get("/").body()).isEqualTo("hello");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains(UNREAD));
        }
    }

    /** Proves specification 5.3. */
    @Test
    void theFolderOfAnUnpackedWarIsRefusedWithWhatToDo() {
        assertThatThrownBy(() -> serve(war.toString()))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessage("cannot use %s of function_path: it is an unpacked war; set function_path=%s:%s"
                        .formatted(war, classes, lib));
    }
}
