package dev.fnwatchdog.core.process;

import java.util.Map;

/** A way to start processes with one base environment. Threads: any; a start blocks for about a millisecond. */
interface Launcher extends AutoCloseable {
    /**
     * Starts what is in the file.
     *
     * @param variables come on top of the base environment; one char a byte
     */
    Child launch(String file, Map<String, String> variables, CallMarker marker, Stdio stdio)
            throws LaunchFailedException;

    /** Ends its threads once the last child has ended. */
    @Override
    void close();
}
