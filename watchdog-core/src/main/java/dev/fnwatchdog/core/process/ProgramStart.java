package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.process.launch.ChildProcess;
import dev.fnwatchdog.core.process.launch.LaunchFailedException;
import dev.fnwatchdog.core.process.launch.Launcher;
import dev.fnwatchdog.core.process.launch.Stdio;
import dev.fnwatchdog.core.process.tree.InvocationMarker;
import java.util.Map;

/** Starts a command repeatedly; its file is searched once, and again if it has been removed or moved. */
final class ProgramStart {
    private static final String NOT_LOOKED_FOR = "";

    private final String program;
    private final Map<String, String> environment;
    private final Launcher launcher;

    // Mutable state
    private volatile String file = NOT_LOOKED_FOR;

    ProgramStart(CommandLine command, Map<String, String> environment, Launcher launcher) {
        this.program = command.program();
        this.environment = Map.copyOf(environment);
        this.launcher = launcher;
    }

    /**
     * Starts the command once.
     *
     * @throws FunctionFailedException {@code cannot start "nosuch": no such file or directory}
     */
    ChildProcess start(Map<String, String> variables, InvocationMarker marker, Stdio stdio)
            throws FunctionFailedException {
        String known = file;
        try {
            String found = known.equals(NOT_LOOKED_FOR) ? find() : known;
            return launcher.launch(found, variables, marker, stdio);
        } catch (LaunchFailedException e) {
            if (known.equals(NOT_LOOKED_FOR) || !e.isAboutTheFile()) {
                throw failure(e);
            }
        }
        return startAgain(variables, marker, stdio);
    }

    private ChildProcess startAgain(Map<String, String> variables, InvocationMarker marker, Stdio stdio)
            throws FunctionFailedException {
        file = NOT_LOOKED_FOR;
        try {
            return launcher.launch(find(), variables, marker, stdio);
        } catch (LaunchFailedException e) {
            throw failure(e);
        }
    }

    /** Returns the message of a start that would fail because there is no such program, empty where there is one. */
    String problem() {
        try {
            String ignored = find();
            return "";
        } catch (FunctionFailedException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String find() throws FunctionFailedException {
        String found = Executable.find(program, environment);
        file = found;
        return found;
    }

    private FunctionFailedException failure(LaunchFailedException e) {
        return new FunctionFailedException(Executable.message(program, String.valueOf(e.getMessage())), e);
    }
}
