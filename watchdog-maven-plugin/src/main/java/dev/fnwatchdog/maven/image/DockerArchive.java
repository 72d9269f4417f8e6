package dev.fnwatchdog.maven.image;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Adds to an image in a tar file what jib cannot set: the health check and the stop signal. */
final class DockerArchive {
    private static final ObjectMapper JSON = new ObjectMapper();
    // The name that jib gives the image's configuration.
    private static final String CONFIGURATION = "config.json";
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration START_PERIOD = Duration.ofSeconds(30);

    private DockerArchive() {}

    /** Rewrites the tar file, of which only the image's configuration changes, and returns the image's id. */
    static String complete(Path tar, List<String> healthcheck, String stopSignal) throws IOException {
        String id = "";
        Path complete = tar.resolveSibling(tar.getFileName() + ".part");
        try (TarArchiveInputStream in = new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(tar)));
                TarArchiveOutputStream out = new TarArchiveOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(complete)), StandardCharsets.UTF_8.name())) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                if (entry.getName().equals(CONFIGURATION)) {
                    byte[] configuration = completed(in.readAllBytes(), healthcheck, stopSignal);
                    out.putArchiveEntry(like(entry, configuration.length));
                    out.write(configuration);
                    id = "sha256:" + Sha256.of(configuration);
                } else {
                    out.putArchiveEntry(entry);
                    in.transferTo(out);
                }
                out.closeArchiveEntry();
            }
        }
        Files.move(complete, tar, StandardCopyOption.REPLACE_EXISTING);
        return id;
    }

    // A new entry, because the reader finds the next entry by the old one's size.
    private static TarArchiveEntry like(TarArchiveEntry old, int size) {
        TarArchiveEntry entry = new TarArchiveEntry(old.getName());
        entry.setMode(old.getMode());
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(old.getModTime());
        entry.setSize(size);
        return entry;
    }

    private static byte[] completed(byte[] configuration, List<String> healthcheck, String stopSignal)
            throws IOException {
        ObjectNode image = (ObjectNode) JSON.readTree(configuration);
        ObjectNode run = image.withObject("/config");
        run.put("StopSignal", stopSignal);
        ObjectNode health = run.putObject("Healthcheck");
        health.putArray("Test").add("CMD");
        healthcheck.forEach(health.withArray("Test")::add);
        health.put("Interval", INTERVAL.toNanos());
        health.put("Timeout", TIMEOUT.toNanos());
        health.put("StartPeriod", START_PERIOD.toNanos());
        health.put("Retries", 3);
        return JSON.writeValueAsBytes(image);
    }
}
