package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The page at {@code /metrics} (contract 2).
 *
 * <p>Threads: any but an I/O thread: a page reads files under {@code /proc}, and the first one loads the JVM's
 * management classes, some tens of milliseconds.
 */
public final class Exposition {
    /** A page and the type to send it with. */
    @SuppressWarnings("ArrayRecordComponent") // Sent as it is, and compared by nobody.
    public record Page(String contentType, byte[] body) {}

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final MetricsRegistry registry;

    public Exposition(MetricsRegistry registry) {
        this.registry = registry;
    }

    /**
     * The values as they are now: as text 0.0.4 wherever the client allows it, as OpenMetrics where only that is
     * allowed.
     *
     * @param accept the request's {@code Accept}, several joined with commas; null where there is none
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
