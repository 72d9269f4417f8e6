package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.MavenProject;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs functions in the usual frameworks from settings and their own classes alone; Jersey and Spring MVC are in {@link
 * ExamplesIT}. Proves specification 5.3, 5.7, 5.14, 5.15.
 */
@Timeout(120)
class FrameworksIT {
    @TempDir
    private static Path projects;

    @BeforeAll
    static void build() throws Exception {
        MavenProject.copy(Path.of("src/test/functions/frameworks"), projects).build();
    }

    private static void assertServes(String framework, String... settings) throws Exception {
        Path target = projects.resolve(framework).resolve("target");
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "mode", "inproc",
                        "function_path", target.resolve("classes") + ":" + target.resolve("lib"),
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .set(settings)
                .startReady()) {
            new WebApplicationClient(watchdog.port()).assertServes();

            watchdog.signal("TERM");
            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.err()).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
        }
    }

    @Test
    void anApplicationOfCxfRunsFromSettings() throws Exception {
        assertServes(
                "cxf",
                "handler",
                "org.apache.cxf.jaxrs.servlet.CXFNonSpringJaxrsServlet",
                "servlet_init",
                "jakarta.ws.rs.Application=com.example.App");
    }

    @Test
    void anApplicationOfJavalinRunsFromItsListener() throws Exception {
        assertServes("javalin");
    }

    @Test
    void anApplicationOfResteasyRunsFromItsInitializer() throws Exception {
        assertServes("resteasy");
    }

    @Test
    void anApplicationOfSpringBootRunsFromTheClassesOfAWar() throws Exception {
        assertServes("spring-boot");
    }
}
