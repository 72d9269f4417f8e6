package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The page at {@code /metrics} (specification 2.8).
 *
 * <p>Threads: any except I/O threads: a page reads files under {@code /proc}, and the first one loads the JVM's
 * management classes, which takes some tens of milliseconds.
 */
public final class Exposition {
    /** A page and its content type. */
    @SuppressWarnings("ArrayRecordComponent") // sent unchanged, and never compared
    public record Page(String contentType, byte[] body) {
        /** Returns the body compressed: a tenth of its size. */
        public byte[] gzipped() {
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
                gzip.write(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return compressed.toByteArray();
        }
    }

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final MetricsRegistry registry;

    public Exposition(MetricsRegistry registry) {
        this.registry = registry;
    }

    /**
     * Renders the current values: as text 0.0.4 if the client allows it, as OpenMetrics if only that is allowed
     * (specification 2.9).
     *
     * @param accept the request's {@code Accept}, several values joined with commas; null if there is none
     */
    public Page render(@Nullable String accept) {
        MetricSnapshots values = registry.scrape();
        return accept != null && AcceptHeader.wantsOpenMetrics(accept)
                ? openMetrics(values)
                : new Page(TEXT, PrometheusText.of(values).getBytes(StandardCharsets.UTF_8));
    }

    private static Page openMetrics(MetricSnapshots values) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            OpenMetricsTextFormatWriter.create().write(body, values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(OpenMetricsTextFormatWriter.CONTENT_TYPE, body.toByteArray());
    }
}
