package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The file in which the JVM of a watchdog keeps its classes from one start to the next, an archive of AppCDS: the first JVM
 * writes it when it ends (specification 14.7). It is beside the report of the watchdog's ports.
 */
final class ClassCache {
    // With older versions there is no such option. Whether later ones keep it is not known.
    private static final int FIRST = 19;
    private static final int LAST = 25;
    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"?(\\d{1,4})");
    private static final String SUFFIX = ".jsa";

    // With an agent the JVM would refuse the option and end; the others choose an archive themselves.
    private static final Pattern CONFLICTING =
            Pattern.compile("-agent(lib|path):.*|-javaagent:.*|-Xrun.*|-Xshare:.*|-XX:.*(Archive|AOT).*");
    private static final List<String> VARIABLES = List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    /** Options for a JVM that has nothing to say about its archive: it works without one. */
    private static final List<String> OPTIONS = List.of("-Xlog:cds*=off", "-XX:+AutoCreateSharedArchive");

    private final Path folder;
    private final String prefix;
    private final String fingerprint;
    private final boolean possible;

    // Mutable state
    private boolean written;

    private ClassCache(Path folder, String prefix, String fingerprint, boolean possible) {
        this.folder = folder;
        this.prefix = prefix;
        this.fingerprint = fingerprint;
        this.possible = possible;
    }

    /** Returns the cache of a launch: another one for each Java, jar and list of arguments. */
    static ClassCache of(WatchdogLaunch launch) throws IOException {
        Path report = launch.report().toAbsolutePath();
        String name = String.valueOf(report.getFileName());
        String release = release(launch.java());
        boolean possible = supports(release)
                && Files.isRegularFile(launch.jar())
                && launch.jvmArguments().stream()
                        .noneMatch(argument -> CONFLICTING.matcher(argument).matches())
                && VARIABLES.stream().noneMatch(launch.environment()::containsKey);
        String fingerprint = possible
                ? Integer.toHexString(List.of(
                                release,
                                launch.jar().toString(),
                                Files.getLastModifiedTime(launch.jar()).toMillis(),
                                Files.size(launch.jar()),
                                launch.jvmArguments())
                        .hashCode())
                : "";
        return new ClassCache(
                report.resolveSibling(""), name.replaceFirst("\\.[^.]*$", "") + "-", fingerprint, possible);
    }

    /** Returns the text of the file in which a Java describes itself, empty if there is none. */
    private static String release(Path java) throws IOException {
        Path file = java.toAbsolutePath().resolveSibling("../release").normalize();
        return Files.isRegularFile(file) ? Files.readString(file) : "";
    }

    private static boolean supports(String release) {
        Matcher version = VERSION.matcher(release);
        return version.find() && isSupported(Integer.parseInt(version.group(1)));
    }

    private static boolean isSupported(int feature) {
        return feature >= FIRST && feature <= LAST;
    }

    /** Deletes what earlier JVMs have written for another jar or other arguments, and returns the options that use the cache. */
    List<String> prepare() throws IOException {
        if (!possible) {
            return List.of();
        }
        Files.createDirectories(folder);
        try (DirectoryStream<Path> older = Files.newDirectoryStream(folder, prefix + "*" + SUFFIX)) {
            for (Path file : older) {
                if (!file.equals(file())) {
                    Files.deleteIfExists(file);
                }
            }
        }
        written = Files.exists(file());
        return Stream.concat(OPTIONS.stream(), Stream.of("-XX:SharedArchiveFile=" + file()))
                .toList();
    }

    private Path file() {
        return folder.resolve(prefix + fingerprint + SUFFIX);
    }

    /** Lets the JVM write the file when it ends, even where the folder was deleted meanwhile: otherwise it would complain. */
    void beforeEnd() throws IOException {
        if (possible && !written) {
            Files.createDirectories(folder);
        }
    }
}
