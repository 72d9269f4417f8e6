package dev.fnwatchdog.example;

// shown: begin
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.Watchdog;
import java.net.URI;
import java.time.Duration;

final class Embedding {
    private Embedding() {}

    /** Serves until the function ends by itself. */
    public static void main(String[] arguments) throws Exception {
        WatchdogConfig config = WatchdogConfig.builder()
                .http(URI.create("http://127.0.0.1:3000"))
                .function("python3 -m http.server --bind 127.0.0.1 3000")
                .execTimeout(Duration.ofSeconds(10))
                .port(0)
                .metricsPort(0)
                .build();
        try (Watchdog watchdog = Watchdog.builder(config).start()) {
            System.out.println("http://localhost:" + watchdog.port());
            Termination end = watchdog.functionEnded().toCompletableFuture().join();
            System.out.println("The function has ended: " + end.describe());
        }
    }
}
// shown: end
