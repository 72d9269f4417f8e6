package dev.fnwatchdog.example;

// README: begin
import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.undertow.Watchdog;
import java.util.Map;

final class Embedding {
    private Embedding() {}

    /** Serves until the function ends by itself. */
    public static void main(String[] arguments) throws Exception {
        WatchdogConfig config = WatchdogConfig.parse(Map.of(
                "mode", "http",
                "fprocess", "python3 -m http.server --bind 127.0.0.1 3000",
                "http_upstream_url", "http://127.0.0.1:3000",
                "port", "0",
                "metrics_port", "0"));
        try (Watchdog watchdog = Watchdog.builder(config).start()) {
            System.out.println("http://localhost:" + watchdog.port());
            String end = watchdog.functionEnded().toCompletableFuture().join();
            System.out.println("The function has ended: " + end);
        }
    }
}
// README: end
