package dev.fnwatchdog.maven.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is added to a base image, and how the image is run.
 *
 * @param layers those that change least first
 * @param java the command that starts Java in the image
 * @param archiveOptions the JVM's options for a class archive; empty if there is none
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
    // Where container runtimes look for a command if the image does not say.
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

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

    /** Whether the image's own files, not those of its base, have a command: a path, or a name that is looked up. */
    public boolean hasCommand(String command) {
        String folders = command.contains("/") ? "" : environment.getOrDefault("PATH", USUAL_PATH);
        Set<String> candidates = Stream.of(folders.split(":", -1))
                .map(folder -> folder.isEmpty() ? command : folder + "/" + command)
                .collect(Collectors.toSet());
        return layers.stream()
                .flatMap(layer -> layer.files().stream())
                .anyMatch(file -> file.executable() && candidates.contains(file.path()));
    }

    List<String> entrypoint() {
        return command(List.of(), List.of());
    }

    /**
     * Returns the command of the health check, which exits with 0 while the watchdog is healthy. The JVM compiles as
     * little as possible, because it ends at once.
     */
    public List<String> healthcheck() {
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
