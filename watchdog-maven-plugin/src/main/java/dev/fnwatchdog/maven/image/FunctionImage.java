package dev.fnwatchdog.maven.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is added to a base image, and how the image is run.
 *
 * @param layers those that change least first
 * @param java the command that starts Java in the image
 * @param archiveOptions the JVM's options for an archive of classes; empty if there is none
 * @param user a number or a name, optionally with a group after a colon
 * @param ports the ports on which it listens
 */
public record FunctionImage(
        List<ImageLayer> layers,
        String java,
        List<String> archiveOptions,
        SortedMap<String, String> environment,
        String user,
        SortedSet<Integer> ports) {
    static final String STOP_SIGNAL = "SIGTERM";

    public FunctionImage {
        layers = List.copyOf(layers);
        archiveOptions = List.copyOf(archiveOptions);
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        ports = Collections.unmodifiableSortedSet(new TreeSet<>(ports));
    }

    /** Adds the archive's layer, if there is an archive. */
    public FunctionImage with(Optional<ClassArchive> archive) {
        if (archive.isEmpty()) {
            return this;
        }
        List<ImageLayer> more = new ArrayList<>(layers);
        more.add(archive.get().layer());
        return new FunctionImage(more, java, List.of(archive.get().option()), environment, user, ports);
    }

    List<String> entrypoint() {
        return command(List.of(), List.of());
    }

    /**
     * Returns the command of the health check, which exits with 0 while the watchdog is healthy. The JVM compiles as
     * little as possible, because it ends at once.
     */
    List<String> healthcheck() {
        return command(List.of("-XX:TieredStopAtLevel=1"), List.of("--run-healthcheck"));
    }

    private List<String> command(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(archiveOptions);
        command.addAll(options);
        command.add("@" + FunctionFiles.START);
        command.addAll(arguments);
        return command;
    }
}
