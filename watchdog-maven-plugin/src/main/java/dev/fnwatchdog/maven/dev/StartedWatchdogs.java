package dev.fnwatchdog.maven.dev;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The watchdogs that run for one project of one build. They are kept in Maven's context of plugin and project: modules
 * that are built in parallel, and builds of one Maven daemon, do not see each other's.
 */
public final class StartedWatchdogs {
    private static final String KEY = StartedWatchdogs.class.getName();

    // Mutable state
    private final List<WatchdogProcess> running = new ArrayList<>();
    private final List<String> published = new ArrayList<>();

    private StartedWatchdogs() {}

    @SuppressWarnings({"rawtypes", "unchecked"}) // Maven's map has no types
    public static StartedWatchdogs of(Map context) {
        return (StartedWatchdogs) context.computeIfAbsent(KEY, key -> new StartedWatchdogs());
    }

    public synchronized void add(WatchdogProcess watchdog) {
        running.add(watchdog);
    }

    public synchronized void published(int port) {
        published.add(Integer.toString(port));
    }

    public synchronized boolean hasPublished(String port) {
        return published.contains(port);
    }

    /** Stops all of them, and returns their number. */
    public synchronized int stopAll() {
        int count = running.size();
        running.forEach(WatchdogProcess::stop);
        running.clear();
        return count;
    }
}
