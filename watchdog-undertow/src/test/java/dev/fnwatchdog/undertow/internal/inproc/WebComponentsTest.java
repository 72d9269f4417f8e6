package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what a servlet container finds in {@code function_path}. Proves specification 5.3, 5.7, 5.14, 5.15. */
class WebComponentsTest {
    private static final String IMPORTS = """
            package com.example;

            import jakarta.servlet.*;
            import jakarta.servlet.annotation.*;
            import jakarta.servlet.http.*;
            import java.io.IOException;
            import java.util.*;

            """;

    /** Responds with an attribute of its context and with its init parameters. */
    private static final String SERVLET = IMPORTS + """
            public class Shown extends HttpServlet {
                protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                    response.getWriter().write(getServletContext().getAttribute("shown") + " " + request.getAttribute("shown")
                            + " " + getInitParameter("p") + " " + getServletContext().getInitParameter("p"));
                }
            }
            """;

    @TempDir
    private Path folder;

    private RunningWatchdog start(FunctionJar jar, String... settings) throws Exception {
        Path path = jar.write(folder, "function.jar");
        String[] all = new String[settings.length + 4];
        System.arraycopy(settings, 0, all, 4, settings.length);
        all[0] = "mode";
        all[1] = "inproc";
        all[2] = "function_path";
        all[3] = path.toString();
        return RunningWatchdog.started(UnaryOperator.identity(), all);
    }

    private static FunctionJar jar() {
        return new FunctionJar().source("com.example.Shown", SERVLET);
    }

    /** Proves specification 5.15. */
    @Test
    void initParametersReachTheServletOfTheHandlerAndItsContext() throws Exception {
        try (RunningWatchdog watchdog = start(jar(), "handler", "com.example.Shown", "servlet_init", "p=1=2\nq=3")) {
            assertThat(watchdog.get("/any").body()).isEqualTo("null null 1=2 1=2");
        }
    }

    /** Proves specification 5.14. */
    @Test
    void filtersRunInTheOrderOfTheirNamesWithTheirInitParametersOnTheirPaths() throws Exception {
        FunctionJar jar = jar();
        for (String name : new String[] {"Second", "First"}) {
            jar.source("com.example." + name, IMPORTS + """
                    @WebFilter(urlPatterns = "/filtered/*", initParams = @WebInitParam(name = "n", value = "%s"))
                    public class %s implements Filter {
                        private String name;

                        public void init(FilterConfig config) {
                            name = config.getInitParameter("n");
                        }

                        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                                throws IOException, ServletException {
                            Object earlier = request.getAttribute("shown");
                            request.setAttribute("shown", earlier == null ? name : earlier + "," + name);
                            chain.doFilter(request, response);
                        }
                    }
                    """.formatted(name.toLowerCase(java.util.Locale.ROOT), name));
        }
        try (RunningWatchdog watchdog = start(jar, "handler", "com.example.Shown")) {
            assertThat(watchdog.get("/filtered/a").body()).isEqualTo("null first,second null null");
            assertThat(watchdog.get("/other").body()).isEqualTo("null null null null");
        }
    }

    /** Proves specification 5.13, 5.14. */
    @Test
    void aListenerConfiguresTheContextAndTheCookieOfSessions() throws Exception {
        FunctionJar jar = new FunctionJar()
                .source("com.example.Session", IMPORTS + """
                        @WebServlet("/session")
                        public class Session extends HttpServlet {
                            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                                request.getSession();
                                response.getWriter().write("" + getServletContext().getAttribute("shown"));
                            }
                        }
                        """)
                .source("com.example.Start", IMPORTS + """
                        @WebListener
                        public class Start implements ServletContextListener {
                            public void contextInitialized(ServletContextEvent event) {
                                event.getServletContext().setAttribute("shown", "listened");
                                event.getServletContext().getSessionCookieConfig().setAttribute("SameSite", "Strict");
                            }

                            public void contextDestroyed(ServletContextEvent event) {
                                System.setProperty("WebComponentsTest.destroyed", "true");
                            }
                        }
                        """);
        try (RunningWatchdog watchdog = start(jar)) {
            HttpResponse<String> response = watchdog.get("/session");

            assertThat(response.body()).isEqualTo("listened");
            assertThat(response.headers().firstValue("Set-Cookie").orElseThrow())
                    .matches("JSESSIONID=[^;]+; Path=/; SameSite=Strict");
            assertThat(watchdog.get("/elsewhere").statusCode()).isEqualTo(404);
        } finally {
            assertThat(System.clearProperty("WebComponentsTest.destroyed")).isEqualTo("true");
        }
    }

    private static FunctionJar withInitializer(String handled) {
        return jar().source("com.example.Marker", """
                        package com.example;

                        @java.lang.annotation.Retention(java.lang.annotation.RetentionPolicy.RUNTIME)
                        public @interface Marker {}
                        """)
                .source("com.example.Type", "package com.example; public interface Type {}")
                .source("com.example.Base", "package com.example; public abstract class Base implements Type {}")
                .source("com.example.Derived", "package com.example; public class Derived extends Base {}")
                .source("com.example.OfClass", "package com.example; @Marker public class OfClass {}")
                .source("com.example.OfField", "package com.example; public class OfField { @Marker int a; }")
                .source("com.example.OfMethod", "package com.example; public class OfMethod { @Marker void a() {} }")
                .source("com.example.Startup", IMPORTS + """
                        @HandlesTypes(%s)
                        public class Startup implements ServletContainerInitializer {
                            public void onStartup(Set<Class<?>> types, ServletContext context) {
                                String names = null;
                                if (types != null) {
                                    TreeSet<String> sorted = new TreeSet<>();
                                    types.forEach(type -> sorted.add(type.getSimpleName()));
                                    names = String.join(",", sorted);
                                }
                                System.setProperty("WebComponentsTest.started", "true");
                                context.setAttribute("shown", names);
                                context.addServlet("shown", new Shown()).addMapping("/shown");
                            }
                        }
                        """.formatted(handled))
                .provides("jakarta.servlet.ServletContainerInitializer", "com.example.Startup");
    }

    /** Proves specification 5.14. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Type.class                             | Base,Derived",
                "Marker.class                           | OfClass,OfField,OfMethod",
                "{Base.class, Marker.class}             | Derived,OfClass,OfField,OfMethod",
                "HttpServlet.class                      | Shown",
                "Derived.class                          | null"
            })
    void anInitializerGetsTheClassesThatItAsksForAndRegistersAServlet(String handled, String names) throws Exception {
        try (RunningWatchdog watchdog = start(withInitializer(handled))) {
            assertThat(watchdog.get("/shown").body()).isEqualTo(names + " null null null");
            assertThat(System.clearProperty("WebComponentsTest.started")).isEqualTo("true");
        }
    }

    /** Proves specification 5.14. */
    @Test
    void resourcesOfJarsAreServedAndNothingBesidesThem() throws Exception {
        FunctionJar jar = withInitializer("Type.class")
                .entry("META-INF/resources/", "")
                .entry("META-INF/resources/index.html", "<p>start")
                .entry("META-INF/resources/a/b.css", "css")
                .entry("secret.txt", "secret");
        try (RunningWatchdog watchdog = start(jar)) {
            assertThat(watchdog.get("/").body()).isEqualTo("<p>start");
            HttpResponse<String> css = watchdog.get("/a/b.css");
            assertThat(css.body()).isEqualTo("css");
            assertThat(css.headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/css"));
            for (String target : new String[] {
                "/../../secret.txt",
                "/%2e%2e/%2e%2e/secret.txt",
                "/a/..%2f..%2f..%2fsecret.txt",
                "/../MANIFEST.MF",
                "/a",
                "/a/"
            }) {
                assertThat(watchdog.responseTo("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                        .as(target)
                        .doesNotContain("secret", " 200 ");
            }
        }
    }

    /** Proves specification 5.14. */
    @Test
    void resourcesOfAFolderAreServedAndNothingBesidesThem() throws Exception {
        Files.createDirectories(folder.resolve("META-INF/resources/a"));
        Files.writeString(folder.resolve("META-INF/resources/a/b.css"), "css");
        Files.writeString(folder.resolve("secret.txt"), "secret");
        withInitializer("Type.class").write(folder, "function.jar");
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                UnaryOperator.identity(), "mode", "inproc", "function_path", folder.toString())) {
            assertThat(watchdog.get("/a/b.css").body()).isEqualTo("css");
            for (String target : new String[] {
                "/../../secret.txt",
                "/%2e%2e/%2e%2e/secret.txt",
                "/a/..%2f..%2f..%2fsecret.txt",
                "/a/..%5c..%5c..%5csecret.txt"
            }) {
                assertThat(watchdog.responseTo("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                        .as(target)
                        .doesNotContain("secret", " 200 ");
            }
        }
    }

    /** Proves specification 5.14. */
    @Test
    void linksWithinTheResourcesOfAFolderAreFollowedAndThoseThatLeadOutOfThemAre404() throws Exception {
        Path real = Files.createDirectories(folder.resolve("real/META-INF"));
        Path resources = Files.createDirectories(folder.resolve("outside/public"));
        Files.writeString(folder.resolve("outside/secret.txt"), "secret");
        Files.writeString(real.resolve("secret.txt"), "secret");
        Files.createDirectories(resources.resolve("a"));
        Files.writeString(resources.resolve("a/b.css"), "css");
        Files.createSymbolicLink(resources.resolve("within.css"), Path.of("a/b.css"));
        Files.createSymbolicLink(resources.resolve("folder"), Path.of("a"));
        Files.createSymbolicLink(resources.resolve("out.txt"), Path.of("../secret.txt"));
        Files.createSymbolicLink(resources.resolve("absolute.txt"), real.resolve("secret.txt"));
        Files.createSymbolicLink(resources.resolve("up"), Path.of(".."));
        Files.createSymbolicLink(resources.resolve("dangling"), Path.of("nothing"));
        // The folder itself may be a link, as a folder of static_path may, and so may the one of function_path.
        Files.createSymbolicLink(real.resolve("resources"), resources);
        Path path = Files.createSymbolicLink(folder.resolve("path"), folder.resolve("real"));
        withInitializer("Type.class").write(folder.resolve("real"), "function.jar");
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                UnaryOperator.identity(), "mode", "inproc", "function_path", path + "/../path")) {
            for (String target : new String[] {"/a/b.css", "/within.css", "/folder/b.css"}) {
                assertThat(watchdog.get(target).body()).as(target).isEqualTo("css");
            }
            for (String target : new String[] {"/out.txt", "/absolute.txt", "/up/secret.txt", "/dangling"}) {
                assertThat(watchdog.get(target).statusCode()).as(target).isEqualTo(404);
            }
        }
    }

    /** Proves specification 5.4, 5.7, 5.14. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "@WebFilter class Wrong extends HttpServlet {} | com.example.Wrong has @WebFilter but is not a jakarta.servlet.Filter",
                "@WebServlet(\"/\") @ServletSecurity public class Wrong extends HttpServlet {} | the @ServletSecurity of com.example.Wrong would not be enforced",
                "@WebServlet(\"/\") public class Wrong extends HttpServlet { public void init() { throw new IllegalStateException(\"broken\"); } } | broken",
                "@WebListener public class Wrong implements ServletContextListener { public void contextInitialized(ServletContextEvent e) { throw new IllegalStateException(\"broken\"); } } | broken",
            })
    void aWebApplicationThatCannotStartEndsTheStartupWithItsReason(String source, String reason) {
        assertThatThrownBy(() -> start(new FunctionJar().source("com.example.Wrong", IMPORTS + source)))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    /** Proves specification 5.4, 5.14. */
    @ParameterizedTest
    @ValueSource(strings = {"", "broken", "a text in place of a class, and longer than the head of one"})
    void aFileThatIsNoClassEndsTheStartupWithALineThatNamesIt(String content) {
        assertThatThrownBy(
                        () -> start(jar().entry("com/example/Broken.class", content), "handler", "com.example.Shown"))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessageContaining(
                        "com/example/Broken.class of " + folder.resolve("function.jar") + " is not a class file")
                .hasMessageNotContaining("\n");
    }

    /** Proves specification 5.14. */
    @Test
    void initializersOfTheClassPathAreLeftOut() throws Exception {
        Path jar = withInitializer("Type.class").write(folder, "function.jar");
        Thread thread = Thread.currentThread();
        ClassLoader previous = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, previous)) {
            thread.setContextClassLoader(loader);
            System.clearProperty("WebComponentsTest.started");
            try (RunningWatchdog watchdog = RunningWatchdog.started(
                    UnaryOperator.identity(), "mode", "inproc", "handler", "com.example.Shown")) {
                assertThat(watchdog.get("/shown").body()).isEqualTo("null null null null");
                assertThat(System.getProperty("WebComponentsTest.started")).isNull();
            }
        } finally {
            thread.setContextClassLoader(previous);
        }
    }

    /** Proves specification 5.3. */
    @ParameterizedTest
    @ValueSource(strings = {"BOOT-INF/lib/a.jar", "WEB-INF/lib/a.jar", "WEB-INF/classes/A.class"})
    void anArchiveWithArchivesInItIsRefusedWithWhatToDo(String nested) {
        String expected = nested.startsWith("BOOT") ? "-Djarmode=tools -jar " : "unpack it into DIR";
        assertThatThrownBy(() -> start(jar().entry(nested, "x"), "handler", "com.example.Shown"))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessageContaining("function.jar of function_path")
                .hasMessageContaining(expected)
                .hasMessageContaining("set function_path=DIR/");
    }
}
