package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses and prints platforms such as {@code linux/arm64}. */
public final class PlatformNames {
    private static final Pattern NAME = Pattern.compile("([a-z0-9]+)/([a-z0-9]+)");

    private PlatformNames() {}

    public static Set<Platform> parse(List<String> names) {
        Set<Platform> platforms = new LinkedHashSet<>();
        for (String name : names) {
            Matcher parts = NAME.matcher(name);
            if (!parts.matches()) {
                throw new InvalidParameterException(
                        "watchdog.image.platforms",
                        name,
                        "a system and a processor such as linux/amd64 or linux/arm64");
            }
            platforms.add(new Platform(parts.group(2), parts.group(1)));
        }
        return platforms;
    }

    static String join(Collection<Platform> platforms) {
        return platforms.stream()
                .map(platform -> platform.getOs() + "/" + platform.getArchitecture())
                .sorted()
                .collect(Collectors.joining(","));
    }

    /** Whether programs of a platform run on this machine. */
    public static boolean isHere(Platform platform) {
        String here = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String architecture = here.equals("aarch64") ? "arm64" : here.equals("x86_64") ? "amd64" : here;
        return platform.getOs().equals("linux")
                && System.getProperty("os.name").equals("Linux")
                && platform.getArchitecture().equals(architecture);
    }
}
