package dev.fnwatchdog.undertow;

import org.xnio.Xnio;

/**
 * Loads XNIO without its management beans, which are not used. Registering them would start the JVM's whole management, which
 * takes a quarter of the watchdog's startup time.
 *
 * <p>Threads: any, before another one needs management.
 */
final class UnmanagedXnio {
    /**
     * Names the class that makes the JVM's management server. Where that fails, XNIO runs without it and does not retry.
     */
    private static final String SERVER_BUILDER = "javax.management.builder.initial";

    /** A class that makes no such server: the JVM reports a missing one in a message whose text takes 7 ms to put together. */
    private static final String NOT_A_BUILDER = "java.lang.Object";

    private UnmanagedXnio() {}

    /** Loads XNIO for the whole JVM. Where an agent has already started the management, XNIO registers its beans. */
    static void load() {
        String previous = System.getProperty(SERVER_BUILDER);
        System.setProperty(SERVER_BUILDER, NOT_A_BUILDER);
        try {
            Xnio.getInstance(UnmanagedXnio.class.getClassLoader());
        } finally {
            // A function in the same JVM may use it.
            if (previous == null) {
                System.clearProperty(SERVER_BUILDER);
            } else {
                System.setProperty(SERVER_BUILDER, previous);
            }
        }
    }
}
