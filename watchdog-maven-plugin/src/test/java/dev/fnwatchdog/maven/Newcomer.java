package dev.fnwatchdog.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs steps of {@code src/it/newcomer/newcomer} in a folder of its own. */
final class Newcomer {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path INSTALLED = Path.of("/usr/lib/jvm");
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(\\d+)");
    /** Variables by which the Maven that runs this test would change the one of the newcomer. */
    private static final Set<String> MAVENS_OWN = Set.of("MAVEN_OPTS", "MAVEN_ARGS", "MAVEN_CMD_LINE_ARGS", "M2_HOME");

    private final Path folder;
    private final Map<String, String> environment;

    /**
     * Sets up what each step uses.
     *
     * @param maven the version of an unpacked Maven, or "current" for the one that runs this build
     */
    Newcomer(Path folder, String kind, String maven, Path java) throws IOException {
        this.folder = folder;
        Path home = maven.equals("current")
                ? Path.of(System.getProperty("maven.home"))
                : Path.of(System.getProperty("mavens"), "apache-maven-" + maven);
        Path settings = folder.resolve("settings.xml");
        String fetched = Path.of(System.getProperty("fetched")).toUri().toString();
        Files.writeString(
                settings,
                Files.readString(ROOT.resolve("src/it/settings.xml")).replace("@localRepositoryUrl@", fetched));
        Guide guide = Guide.read();
        this.environment = Map.of(
                "JAVA_HOME", java.toString(),
                "maven", home.toString(),
                "repository", System.getProperty("repository"),
                "settings", settings.toString(),
                "kind", kind,
                "generate", guide.generation(),
                "coordinates", guide.coordinates(),
                "plugin_groups", guide.pluginGroups(),
                "archetype_version", System.getProperty("archetype.version"),
                "ports", freePorts());
    }

    private static String freePorts() throws IOException {
        try (ServerSocket first = new ServerSocket(0);
                ServerSocket second = new ServerSocket(0);
                ServerSocket third = new ServerSocket(0)) {
            return "%d %d %d".formatted(first.getLocalPort(), second.getLocalPort(), third.getLocalPort());
        }
    }

    /** Runs steps, and prints how long each took; fails with the output of the first that fails. */
    void does(String... steps) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ROOT.resolve("src/it/newcomer/newcomer").toString());
        command.addAll(List.of(steps));
        Path output = Files.createTempFile(folder, "newcomer", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeAll(MAVENS_OWN);
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            int status = process.waitFor();
            String printed = Files.readString(output);
            System.out.println(printed);
            assertThat(status).as(printed).isZero();
        } finally {
            // The script ends what it has started.
            process.destroy();
        }
    }

    /** Finds a JDK of that version: the one that runs this test, or one where Debian installs them. */
    static Optional<Path> javaHome(int version) throws IOException {
        if (Runtime.version().feature() == version) {
            return Optional.of(Path.of(System.getProperty("java.home")));
        }
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(INSTALLED)) {
            for (Path home : homes.sorted().toList()) {
                if (Files.isExecutable(home.resolve("bin/javac")) && version(home) == version) {
                    return Optional.of(home);
                }
            }
        }
        return Optional.empty();
    }

    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        Matcher version = VERSION.matcher(Files.exists(release) ? Files.readString(release) : "");
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }
}
