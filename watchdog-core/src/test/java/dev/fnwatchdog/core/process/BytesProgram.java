package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.config.CommandLine;
import java.util.Map;

/** Passes a variable on that it has inherited, and prints the bytes that came of it. */
final class BytesProgram {
    private BytesProgram() {}

    public static void main(String[] arguments) throws Exception {
        CommandLine command = CommandLine.parse("sh -c 'printf %s \"$INHERITED\" | od -A n -t x1'");
        try (CallProcesses calls = new CallProcesses(command, FunctionServer.inheritedEnvironment())) {
            System.out.println(StartedCalls.output(calls.start(Map.of(), new Stdio.Pipes(false)))
                    .strip());
        }
    }
}
