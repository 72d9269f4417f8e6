package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar finds an upstream whose name appears after its start. Proves specification 1.14, 3.3. */
class LateHostIT {
    @TempDir
    private Path folder;

    /** The JVM itself would keep the failure for 10 s, which is longer than requests are held here. */
    @Test
    void aHeldRequestIsServedWhenTheNameOfTheUpstreamIsFound() throws Exception {
        Path hosts = Files.createFile(folder.resolve("hosts"));
        try (ScriptedFunction function =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(
                                "sleep 600",
                                function.port(),
                                "http_upstream_url",
                                "http://function.test:" + function.port(),
                                "startup_wait",
                                "8s")
                        .jvm("-Djdk.net.hosts.file=" + hosts)
                        .start()) {
            watchdog.awaitLine("the host function.test cannot be found");
            watchdog.awaitLine("Metrics listening on port");
            CompletableFuture<HttpResponse<String>> held = watchdog.sendAsync(watchdog.request("/"));
            watchdog.awaitLine("Waiting for the function");

            Files.writeString(hosts, "127.0.0.1 function.test\n");

            assertThat(held.get(20, TimeUnit.SECONDS).body()).isEqualTo("ok");
        }
    }
}
