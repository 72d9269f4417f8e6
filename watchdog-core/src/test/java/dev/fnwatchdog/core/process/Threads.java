package dev.fnwatchdog.core.process;

/** The threads of this JVM. */
final class Threads {
    private Threads() {}

    static long named(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }
}
