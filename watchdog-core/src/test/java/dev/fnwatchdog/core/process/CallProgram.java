package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.config.CommandLine;
import java.util.Map;

/** A program that makes one call, as one that embeds the watchdog may. */
final class CallProgram {
    private CallProgram() {}

    public static void main(String[] arguments) throws Exception {
        CommandLine command = CommandLine.parse("sh -c 'echo $Http_A; exit 3'");
        try (CallProcesses calls = new CallProcesses(command, Map.of("PATH", System.getenv("PATH")))) {
            CallProcess process = calls.start(Map.of("Http_A", "a"), new Stdio.Pipes(false));
            System.out.print(StartedCalls.output(process));
            System.out.println(StartedCalls.ended(process).describe());
        }
        System.out.println(NativeLauncher.available() ? "native" : "by the JDK");
    }
}
