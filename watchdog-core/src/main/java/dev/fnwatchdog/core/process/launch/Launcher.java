package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.tree.InvocationMarker;
import java.util.Map;

/** A way to start processes with one base environment. Threads: any; a start blocks for about a millisecond. */
public interface Launcher extends AutoCloseable {
    /** The prefix of all variables that come from a request. */
    String FROM_REQUEST = "Http_";

    /**
     * Starts what is in the file.
     *
     * @param variables come on top of the base environment; one char a byte
     */
    ChildProcess launch(String file, Map<String, String> variables, InvocationMarker marker, Stdio stdio)
            throws LaunchFailedException;

    /** Ends its threads once the last child has ended. */
    @Override
    void close();
}
