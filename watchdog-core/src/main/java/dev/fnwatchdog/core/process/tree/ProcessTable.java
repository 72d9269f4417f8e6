package dev.fnwatchdog.core.process.tree;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The processes of this system as {@code /proc} shows them. Whatever vanishes while it is read is left out. */
public final class ProcessTable {
    // Linux allows a third of the stack's 8 MiB, unless somebody has raised that.
    private static final int LONGEST_ENVIRONMENT = 8 << 20;
    private static final int LONGEST_STAT = 4096;

    private final Path proc;

    ProcessTable(Path proc) {
        this.proc = proc;
    }

    public static ProcessTable ofThisSystem() {
        return new ProcessTable(Path.of("/proc"));
    }

    /** Whether there is such a table, as on Linux. */
    public boolean available() {
        return Files.isReadable(proc.resolve("self/stat"));
    }

    /** What a process is known by: a pid is used again, but not together with a start, which counts ticks since boot. */
    public record ProcessId(long pid, long start) {
        // Both spelled out: the JVM makes a record's own at their first use, an eighth of the watchdog's start.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ProcessId id && id.pid == pid && id.start == start;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(pid) + Long.hashCode(start);
        }
    }

    /** One process. */
    public record Entry(ProcessId id, long parent, long session, boolean zombie) {
        public long pid() {
            return id.pid();
        }

        long start() {
            return id.start();
        }

        /** Reads {@code /proc/PID/stat}; empty where that is not what it is. */
        static Optional<Entry> parse(String stat) {
            // The name is in parentheses and may hold anything, parentheses too: what follows counts from the last one.
            int nameEnd = stat.lastIndexOf(')');
            int nameStart = stat.indexOf('(');
            String[] fields = stat.substring(nameEnd + 1).trim().split(" ", -1);
            if (nameStart < 0 || nameEnd < nameStart || fields.length < 20) {
                return Optional.empty();
            }
            try {
                long pid = Long.parseLong(stat.substring(0, nameStart).trim());
                ProcessId id = new ProcessId(pid, Long.parseLong(fields[19]));
                long parent = Long.parseLong(fields[1]);
                return Optional.of(new Entry(id, parent, Long.parseLong(fields[3]), fields[0].equals("Z")));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }

    public List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[1-9]*")) {
            for (Path folder : folders) {
                entry(folder).ifPresent(entries::add);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // No table, no entries: the caller falls back on what the JDK knows.
            return List.of();
        }
        return entries;
    }

    public Optional<Entry> entry(long pid) {
        return entry(proc.resolve(Long.toString(pid)));
    }

    private static Optional<Entry> entry(Path folder) {
        return content(folder.resolve("stat"), LONGEST_STAT).flatMap(Entry::parse);
    }

    /** Whether its pid is still that process's. */
    boolean stillThere(Entry entry) {
        return entry(entry.pid()).filter(now -> now.start() == entry.start()).isPresent();
    }

    /** The environment that a process was started with, each variable between two NULs; empty where it is not ours to read. */
    public String environment(long pid) {
        return content(proc.resolve(Long.toString(pid)).resolve("environ"), LONGEST_ENVIRONMENT)
                .map(variables -> "\0" + variables + "\0")
                .orElse("");
    }

    private static Optional<String> content(Path file, int limit) {
        try (InputStream in = new FileInputStream(file.toFile())) {
            return Optional.of(new String(in.readNBytes(limit), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            // It has ended, or belongs to somebody else.
            return Optional.empty();
        }
    }
}
