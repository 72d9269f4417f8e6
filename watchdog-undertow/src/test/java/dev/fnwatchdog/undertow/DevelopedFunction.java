package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** A watchdog whose function is replaced while it serves. */
final class DevelopedFunction {
    private DevelopedFunction() {}

    /** Starts one with these settings, which are the function's environment as well. */
    static RunningWatchdog served(Map<String, String> settings) throws Exception {
        return RunningWatchdog.started(
                builder -> builder.replaceable().environment(settings),
                settings.entrySet().stream()
                        .flatMap(setting -> Stream.of(setting.getKey(), setting.getValue()))
                        .toArray(String[]::new));
    }

    /** Settings of a function with a process for each call. */
    static Map<String, String> streaming(String command, String... more) {
        return settings(more, "mode", "streaming", "fprocess", command);
    }

    /** Settings of a function with a server of its own, which the test plays on {@code port}. */
    static Map<String, String> server(int port, String command, String... more) {
        return settings(more, "mode", "http", "fprocess", command, "http_upstream_url", "http://127.0.0.1:" + port);
    }

    /** Settings of a function in the watchdog's JVM. */
    static Map<String, String> inproc(Class<?> handler, String... more) {
        return settings(more, "mode", "inproc", "handler", handler.getName());
    }

    private static Map<String, String> settings(String[] more, String... own) {
        Map<String, String> settings = new HashMap<>(Map.of("PATH", "/bin:/usr/bin"));
        Stream.of(own, more).forEach(pairs -> {
            for (int i = 0; i < pairs.length; i += 2) {
                settings.put(pairs[i], pairs[i + 1]);
            }
        });
        return settings;
    }

    static ReplaceableMode versions(RunningWatchdog watchdog) {
        return watchdog.watchdog().replaceable().orElseThrow();
    }

    /** Returns when the next version serves, or has failed to. */
    static void replace(RunningWatchdog watchdog, Map<String, String> settings) throws InterruptedException {
        versions(watchdog).replace(WatchdogConfig.parse(settings), settings);
    }

    /** As {@link #replace}, on a thread of its own. */
    static CompletableFuture<Boolean> replacing(RunningWatchdog watchdog, Map<String, String> settings) {
        return async(() -> {
            replace(watchdog, settings);
            return true;
        });
    }

    static <T> CompletableFuture<T> async(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                result.complete(task.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        thread.start();
        return result;
    }
}
