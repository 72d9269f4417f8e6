package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.fixture.StartedInvocations;
import dev.fnwatchdog.core.process.InvocationProcess;
import dev.fnwatchdog.core.process.InvocationProcesses;
import dev.fnwatchdog.core.process.posix.LibC;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program in its own JVM that inherits orphans: prints the reaper's warnings, and whether orphans alone are reaped.
 */
final class ReaperProgram {
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int ORPHANS = 20;
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private ReaperProgram() {}

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("subreaper")) {
            LibC.prctl(PR_SET_CHILD_SUBREAPER, 1L);
            OrphanReaper.reap(System.out::println);
        } else {
            OrphanReaper.start(System.out::println);
        }
        if (List.of(arguments).contains("jdk")) {
            leaveOrphansOfTheJdk();
        } else if (NativeLauncher.available()) {
            System.out.println("started");
            leaveOrphans();
        }
    }

    private static void leaveOrphansOfTheJdk() throws Exception {
        Path running = Files.createTempFile("orphans", "");
        for (int i = 0; i < ORPHANS; i++) {
            new ProcessBuilder("sh", "-c", orphanWhile(running)).start().waitFor();
        }
        System.out.println("loaded " + NativeLauncher.asked());
        Files.delete(running);
        awaitReaping();
        System.out.println("loaded " + NativeLauncher.asked());
    }

    private static void leaveOrphans() throws Exception {
        Path running = Files.createTempFile("orphans", "");
        CommandLine leaves = CommandLine.parse("/bin/sh -c '%s exit 7'".formatted(orphanWhile(running)));
        try (InvocationProcesses processes = new InvocationProcesses(leaves, Map.of("PATH", System.getenv("PATH")))) {
            for (int i = 0; i < ORPHANS; i++) {
                InvocationProcess process = processes.start(Map.of(), new Stdio.Pipes(false));
                Process jdk = new ProcessBuilder("sh", "-c", "exit 9").start();
                System.out.println(StartedInvocations.ended(process).describe() + ", " + jdk.waitFor());
                StartedInvocations.discard(process);
            }
            System.out.println(children() + " inherited");
            Files.delete(running);
            awaitReaping();
        }
    }

    /** Returns a command that leaves a process behind, which runs as long as the file exists. */
    private static String orphanWhile(Path file) {
        return "(while [ -e %s ]; do sleep 0.05; done) >/dev/null 2>&1 &".formatted(file);
    }

    private static void awaitReaping() {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (children() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        System.out.println(children() + " left");
    }

    private static long children() {
        long self = ProcessHandle.current().pid();
        return ProcessTable.ofThisSystem().read().stream()
                .filter(entry -> entry.parent() == self)
                .count();
    }
}
