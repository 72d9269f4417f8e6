package dev.fnwatchdog.core.process.tree;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
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

    // Mutable state
    private volatile boolean incomplete;

    ProcessTable(Path proc) {
        this.proc = proc;
    }

    public static ProcessTable ofThisSystem() {
        return new ProcessTable(Path.of("/proc"));
    }

    /** Returns another reader of the same table, whose {@link #incomplete} is its own. */
    ProcessTable reader() {
        return new ProcessTable(proc);
    }

    /** Forgets what could not be read so far. */
    public void beginReading() {
        incomplete = false;
    }

    /** Whether something that is there could not be read since {@link #beginReading}: no descriptor was free. */
    public boolean incomplete() {
        return incomplete;
    }

    /** Notes that a file could not be opened which everybody may read; the check takes no descriptor. */
    private void failed(Path file) {
        if (Files.isReadable(file)) {
            incomplete = true;
        }
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
            failed(proc);
            return List.of();
        }
        return entries;
    }

    public Optional<Entry> entry(long pid) {
        return entry(proc.resolve(Long.toString(pid)));
    }

    private Optional<Entry> entry(Path folder) {
        Path stat = folder.resolve("stat");
        try (InputStream in = new FileInputStream(stat.toFile())) {
            return Entry.parse(text(in, LONGEST_STAT));
        } catch (FileNotFoundException e) {
            failed(stat);
            return Optional.empty();
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /** Whether its pid is still that process's. */
    boolean stillThere(Entry entry) {
        return entry(entry.pid()).filter(now -> now.start() == entry.start()).isPresent();
    }

    /** The environment that a process was started with, each variable between two NULs; empty where it is not ours to read. */
    public String environment(long pid) {
        File file = proc.resolve(Long.toString(pid)).resolve("environ").toFile();
        try (InputStream in = new FileInputStream(file)) {
            return "\0" + text(in, LONGEST_ENVIRONMENT) + "\0";
        } catch (FileNotFoundException e) {
            // It has ended, or belongs to another user; or no descriptor is free, which its other file shows.
            Optional<Entry> ignored = entry(pid);
            return "";
        } catch (IOException ended) {
            return "";
        }
    }

    private static String text(InputStream in, int limit) throws IOException {
        return new String(in.readNBytes(limit), StandardCharsets.ISO_8859_1);
    }
}
