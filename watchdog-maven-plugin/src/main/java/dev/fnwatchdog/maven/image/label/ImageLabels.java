package dev.fnwatchdog.maven.image.label;

import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.maven.model.Scm;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** The labels of an image: those of the OCI that say what is in it, and the user's, which take precedence. */
public final class ImageLabels {
    private static final String OCI = "org.opencontainers.image.";

    private ImageLabels() {}

    /**
     * Returns all labels.
     *
     * @param created the image's creation time, which is not the clock's: the same sources give the same image
     * @param user the user's own; an empty value removes a label
     */
    public static SortedMap<String, String> of(MavenProject project, Instant created, Map<String, String> user)
            throws IOException {
        SortedMap<String, String> labels = new TreeMap<>();
        put("title", project.getName(), labels);
        put("version", project.getVersion(), labels);
        put("source", source(project), labels);
        put("revision", GitRevision.of(project.getBasedir().toPath()).orElse(null), labels);
        put("created", created.toString(), labels);
        labels.putAll(user);
        labels.values().removeIf(String::isEmpty);
        return labels;
    }

    private static @Nullable String source(MavenProject project) {
        Scm scm = project.getScm();
        return scm == null || scm.getUrl() == null ? project.getUrl() : scm.getUrl();
    }

    private static void put(String name, @Nullable String value, Map<String, String> labels) {
        if (value != null) {
            labels.put(OCI + name, value);
        }
    }
}
