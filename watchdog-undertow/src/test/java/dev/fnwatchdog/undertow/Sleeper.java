package dev.fnwatchdog.undertow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A command that sleeps for ten minutes, and is told from all others by how long exactly. */
final class Sleeper {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final AtomicLong LAST = new AtomicLong(System.nanoTime() / 1000 % 1_000_000_000);

    private final String seconds = "600." + String.format("%09d", LAST.incrementAndGet());

    /** For a shell's script. */
    String command() {
        return "sleep " + seconds;
    }

    /** How many processes run it; zombies do not. */
    long running() {
        return ProcessHandle.allProcesses()
                .filter(handle -> commandLine(handle.pid()).equals("sleep\0" + seconds + "\0"))
                .count();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    void awaitStart() {
        Poll.until(PATIENCE, () -> running() > 0);
    }

    void awaitEnd() {
        Poll.until(PATIENCE, () -> running() == 0);
    }
}
