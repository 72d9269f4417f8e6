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

/** Reads the processes of this system from {@code /proc}. A process that ends meanwhile is left out. */
public final class ProcessTable {
    // Linux allows a third of the stack's 8 MiB, unless the stack limit was raised.
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

    /** Resets {@link #incomplete}. */
    public void beginReading() {
        incomplete = false;
    }

    /** Returns whether an existing file could not be read since {@link #beginReading}: no descriptor was free. */
    public boolean incomplete() {
        return incomplete;
    }

    /** Records that a world-readable file could not be opened; the check needs no descriptor. */
    private void failed(Path file) {
        if (Files.isReadable(file)) {
            incomplete = true;
        }
    }

    /** Returns whether this system has such a table, as Linux has. */
    public boolean available() {
        return Files.isReadable(proc.resolve("self/stat"));
    }

    /** Identifies a process: its pid can be reused, but not together with its start, in clock ticks since boot. */
    public record ProcessId(long pid, long start) {
        // Explicit, because the JVM generates a record's own at their first use, which takes an eighth of the startup.
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

        /** Parses {@code /proc/PID/stat}; empty if the text has another format. */
        static Optional<Entry> parse(String stat) {
            // The name is in parentheses and can itself contain some: the fields follow the last one.
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
            // Without a table there are no entries: the caller falls back to the JDK.
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

    /** Returns whether the pid still belongs to that process. */
    boolean stillThere(Entry entry) {
        return entry(entry.pid()).filter(now -> now.start() == entry.start()).isPresent();
    }

    /** Returns the initial environment of a process, each variable between two NULs; empty if it may not be read. */
    public String environment(long pid) {
        File file = proc.resolve(Long.toString(pid)).resolve("environ").toFile();
        try (InputStream in = new FileInputStream(file)) {
            return "\0" + text(in, LONGEST_ENVIRONMENT) + "\0";
        } catch (FileNotFoundException e) {
            // It has ended or belongs to another user, or no descriptor is free, which reading its stat file detects.
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
