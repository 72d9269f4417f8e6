package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SnapshotEscaper;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.Set;

/** The names under which a metric family is printed. */
final class FamilyNames {
    private static final EscapingScheme SCHEME = EscapingScheme.UNDERSCORE_ESCAPING;

    private FamilyNames() {}

    /** Returns the name in the {@code TYPE} line of the text format: characters that Prometheus 2 refuses are underscores. */
    static String printed(MetricSnapshot family) {
        MetricMetadata metadata = family.getMetadata();
        if (family instanceof CounterSnapshot) {
            return suffixed(metadata, "_total");
        }
        if (family instanceof InfoSnapshot) {
            return suffixed(metadata, "_info");
        }
        return family instanceof GaugeSnapshot
                ? SnapshotEscaper.getLegacyGaugeName(metadata, metadata.getOriginalName(), SCHEME)
                : SnapshotEscaper.getMetadataName(metadata, SCHEME);
    }

    private static String suffixed(MetricMetadata metadata, String suffix) {
        String full = SnapshotEscaper.getExpositionBaseMetadataName(metadata, SCHEME);
        return full.endsWith(suffix) ? full : SnapshotEscaper.getMetadataName(metadata, SCHEME) + suffix;
    }

    /** Returns the names that no other family of a page may have, in either format. */
    static Set<String> all(MetricSnapshot family) {
        String name = family.getMetadata().getPrometheusName();
        if (family instanceof HistogramSnapshot histogram) {
            return histogram.isGaugeHistogram()
                    ? Set.of(name, name + "_bucket", name + "_gsum", name + "_gcount")
                    : Set.of(name, name + "_bucket", name + "_sum", name + "_count");
        }
        if (family instanceof SummarySnapshot) {
            return Set.of(name, name + "_sum", name + "_count");
        }
        String printed = printed(family);
        return printed.equals(name) ? Set.of(name) : Set.of(name, printed);
    }
}
