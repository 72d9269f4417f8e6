package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.process.tree.InvocationMarker;
import java.util.Map;

/** Starts processes with one base environment. Threads: any; a start blocks for about a millisecond. */
public interface Launcher extends AutoCloseable {
    /** The prefix of all variables that are made from a request (specification 4.2). */
    String FROM_REQUEST = "Http_";

    /**
     * Starts the executable file.
     *
     * @param variables are added to the base environment and override it; each char is one byte
     */
    ChildProcess launch(String file, Map<String, String> variables, InvocationMarker marker, Stdio stdio)
            throws LaunchFailedException;

    /** Makes the launcher's threads end once the last child has ended. */
    @Override
    void close();
}
