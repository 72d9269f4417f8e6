package dev.fnwatchdog.undertow;

import org.xnio.Xnio;

/**
 * XNIO without its management beans, which nobody reads: to register them it would start the JVM's whole management, a quarter of the
 * watchdog's own start.
 *
 * <p>Threads: the main one, before any other needs management.
 */
final class UnmanagedXnio {
    /** Who makes the JVM's management server; XNIO goes without where that fails, and does not try again. */
    private static final String SERVER_BUILDER = "javax.management.builder.initial";

    private UnmanagedXnio() {}

    /** Loads it for the whole JVM. Where an agent has started the management already, XNIO registers its beans as ever. */
    static void load() {
        String chosen = System.getProperty(SERVER_BUILDER);
        System.setProperty(SERVER_BUILDER, "none");
        try {
            Xnio.getInstance(UnmanagedXnio.class.getClassLoader());
        } finally {
            // A function in the same JVM may want it.
            if (chosen == null) {
                System.clearProperty(SERVER_BUILDER);
            } else {
                System.setProperty(SERVER_BUILDER, chosen);
            }
        }
    }
}
