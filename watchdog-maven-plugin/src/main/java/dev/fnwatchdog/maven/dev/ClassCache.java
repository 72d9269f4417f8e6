package dev.fnwatchdog.maven.dev;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    private final String prefix;

    /** Null where the JVM cannot have a cache. */
    private final @Nullable Path file;

    // Mutable state
    private boolean written;

    private ClassCache(String prefix, @Nullable Path file) {
        this.prefix = prefix;
        this.file = file;
    }

    /** Returns the cache of a launch: another one for each Java, jar and list of arguments. */
    static ClassCache of(WatchdogLaunch launch) throws IOException {
        Path report = launch.report().toAbsolutePath();
        String prefix = String.valueOf(report.getFileName()).replaceFirst("\\.[^.]*$", "") + "-";
        String release = release(launch.java());
        boolean possible = supports(release)
                && Files.isRegularFile(launch.jar())
                && launch.jvmArguments().stream()
                        .noneMatch(argument -> CONFLICTING.matcher(argument).matches())
                && VARIABLES.stream().noneMatch(launch.environment()::containsKey);
        if (!possible) {
            return new ClassCache(prefix, null);
        }
        int fingerprint = List.of(
                        release,
                        launch.jar().toString(),
                        Files.getLastModifiedTime(launch.jar()).toMillis(),
                        Files.size(launch.jar()),
                        launch.jvmArguments())
                .hashCode();
        return new ClassCache(prefix, report.resolveSibling(prefix + Integer.toHexString(fingerprint) + SUFFIX));
    }

    /** Returns the text of the file in which a Java describes itself, empty if there is none. */
    private static String release(Path java) throws IOException {
        Path file = java.toAbsolutePath().resolveSibling("../release").normalize();
        return Files.isRegularFile(file) ? Files.readString(file) : "";
    }

    private static boolean supports(String release) {
        Matcher version = VERSION.matcher(release);
        int feature = version.find() ? Integer.parseInt(version.group(1)) : 0;
        return feature >= FIRST && feature <= LAST;
    }

    /** Deletes what earlier JVMs have written for another jar or other arguments, and returns the options that use the cache. */
    List<String> prepare() throws IOException {
        if (file == null) {
            return List.of();
        }
        Path folder = Files.createDirectories(file.getParent());
        try (DirectoryStream<Path> older = Files.newDirectoryStream(folder, prefix + "*" + SUFFIX)) {
            for (Path other : older) {
                if (!file.equals(other)) {
                    Files.deleteIfExists(other);
                }
            }
        }
        written = Files.exists(file);
        return Stream.concat(OPTIONS.stream(), Stream.of("-XX:SharedArchiveFile=" + file))
                .toList();
    }

    /** Lets the JVM write the file when it ends, even where the folder was deleted meanwhile: otherwise it would complain. */
    void beforeEnd() throws IOException {
        if (file != null && !written) {
            Files.createDirectories(file.getParent());
        }
    }
}
