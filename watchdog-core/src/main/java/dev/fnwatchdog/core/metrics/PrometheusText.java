package dev.fnwatchdog.core.metrics;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import io.prometheus.metrics.expositionformats.TextFormatUtil;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Prometheus' text format 0.0.4, written as Go's client writes it (specification 2.9). The Java library's own writer
 * differs in numbers, {@code le} included, and in the order of families and lines.
 */
final class PrometheusText {
    private final StringBuilder out = new StringBuilder(8192);
    /** The formatted bounds of buckets, which all series of a histogram share. */
    private final Map<Double, String> bounds = new HashMap<>();

    private PrometheusText() {}

    /** Returns the page; families without values are left out. */
    static String of(MetricSnapshots families) {
        PrometheusText text = new PrometheusText();
        // Sorted by the printed name: the library sorts counters without their _total.
        TextFormatUtil.mergeDuplicates(families).stream()
                .filter(family -> !family.getDataPoints().isEmpty())
                .sorted(comparing(FamilyNames::printed))
                .forEach(text::family);
        return text.out.toString();
    }

    private void family(MetricSnapshot family) {
        String name = FamilyNames.printed(family);
        if (family instanceof CounterSnapshot counter) {
            header(family, name, "counter");
            counter.getDataPoints().forEach(point -> sample(name, point, point.getValue()));
        } else if (family instanceof GaugeSnapshot gauge) {
            header(family, name, "gauge");
            gauge.getDataPoints().forEach(point -> sample(name, point, point.getValue()));
        } else if (family instanceof HistogramSnapshot histogram) {
            histogram(name, histogram);
        } else if (family instanceof SummarySnapshot summary) {
            summary(name, summary);
        } else if (family instanceof InfoSnapshot info) {
            header(family, name, "gauge");
            info.getDataPoints().forEach(point -> sample(name, point, 1));
        } else if (family instanceof StateSetSnapshot states) {
            header(family, name, "gauge");
            states.getDataPoints().forEach(point -> states(name, point));
        } else if (family instanceof UnknownSnapshot unknown) {
            header(family, name, "untyped");
            unknown.getDataPoints().forEach(point -> sample(name, point, point.getValue()));
        } else {
            throw new IllegalArgumentException("%s has no text form: %s".formatted(name, family.getClass()));
        }
    }

    private void header(MetricSnapshot family, String name, String type) {
        String help = family.getMetadata().getHelp();
        if (help != null && !help.isEmpty()) {
            out.append("# HELP ").append(name).append(' ').append(escaped(help)).append('\n');
        }
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void histogram(String name, HistogramSnapshot histogram) {
        header(histogram, name, "histogram");
        List<HistogramDataPointSnapshot> points = histogram.getDataPoints();
        for (HistogramDataPointSnapshot point : points) {
            buckets(name, point);
            if (!histogram.isGaugeHistogram()) {
                sumAndCount(name, point);
            }
        }
        if (histogram.isGaugeHistogram()) {
            // The text format has no type for it: its sums and counts, which may fall, are gauges beside the buckets.
            header(histogram, name + "_gsum", "gauge");
            points.stream()
                    .filter(HistogramDataPointSnapshot::hasSum)
                    .forEach(point -> sample(name + "_gsum", point, point.getSum()));
            header(histogram, name + "_gcount", "gauge");
            points.stream()
                    .filter(HistogramDataPointSnapshot::hasCount)
                    .forEach(point -> sample(name + "_gcount", point, (double) point.getCount()));
        }
    }

    /** Prints the classic buckets; of a native histogram, which the format does not have, the one that contains everything. */
    private void buckets(String name, HistogramDataPointSnapshot point) {
        ClassicHistogramBuckets buckets = point.getClassicBuckets();
        if (buckets.isEmpty()) {
            sample(name + "_bucket", point, "le=\"+Inf\"", (double) point.getCount());
        }
        long cumulative = 0;
        for (int i = 0; i < buckets.size(); i++) {
            cumulative += buckets.getCount(i);
            String bound = bounds.computeIfAbsent(buckets.getUpperBound(i), GoFloat::format);
            sample(name + "_bucket", point, "le=\"" + bound + '"', (double) cumulative);
        }
    }

    private void summary(String name, SummarySnapshot summary) {
        header(summary, name, "summary");
        for (SummaryDataPointSnapshot point : summary.getDataPoints()) {
            for (Quantile quantile : point.getQuantiles()) {
                sample(name, point, "quantile=\"" + GoFloat.format(quantile.getQuantile()) + '"', quantile.getValue());
            }
            sumAndCount(name, point);
        }
    }

    private void states(String name, StateSetDataPointSnapshot point) {
        for (int i = 0; i < point.size(); i++) {
            sample(name, point, label(name, point.getName(i)), point.isTrue(i) ? 1 : 0);
        }
    }

    private void sumAndCount(String name, DistributionDataPointSnapshot point) {
        if (point.hasSum()) {
            sample(name + "_sum", point, point.getSum());
        }
        if (point.hasCount()) {
            sample(name + "_count", point, (double) point.getCount());
        }
    }

    private void sample(String name, DataPointSnapshot point, double value) {
        sample(name, point, "", value);
    }

    /** @param lastLabel that the format itself adds; empty if there is none */
    private void sample(String name, DataPointSnapshot point, String lastLabel, double value) {
        String labels = labels(point.getLabels());
        out.append(name);
        if (!labels.isEmpty() || !lastLabel.isEmpty()) {
            String separator = labels.isEmpty() || lastLabel.isEmpty() ? "" : ",";
            out.append('{').append(labels).append(separator).append(lastLabel).append('}');
        }
        out.append(' ').append(GoFloat.format(value));
        if (point.hasScrapeTimestamp()) {
            out.append(' ').append(point.getScrapeTimestampMillis());
        }
        out.append('\n');
    }

    /** Returns the text between the braces, in the order of the label names, which is the library's order too. */
    private static String labels(Labels labels) {
        return IntStream.range(0, labels.size())
                .mapToObj(i -> label(labels.getPrometheusName(i), labels.getValue(i)))
                .collect(joining(","));
    }

    private static String label(String name, String value) {
        return name + "=\"" + escaped(value).replace("\"", "\\\"") + '"';
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }
}
