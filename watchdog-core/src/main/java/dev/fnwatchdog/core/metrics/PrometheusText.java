package dev.fnwatchdog.core.metrics;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.HashMap;
import java.util.Map;

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
        families.stream()
                .filter(family -> !family.getDataPoints().isEmpty())
                .sorted(comparing(PrometheusText::printedName))
                .forEach(text::family);
        return text.out.toString();
    }

    private static String printedName(MetricSnapshot family) {
        String name = family.getMetadata().getPrometheusName();
        return family instanceof CounterSnapshot ? name + "_total" : name;
    }

    private void family(MetricSnapshot family) {
        String name = printedName(family);
        if (family instanceof CounterSnapshot counter) {
            header(family, name, "counter");
            counter.getDataPoints().forEach(point -> sample(name, labels(point.getLabels()), point.getValue()));
        } else if (family instanceof GaugeSnapshot gauge) {
            header(family, name, "gauge");
            gauge.getDataPoints().forEach(point -> sample(name, labels(point.getLabels()), point.getValue()));
        } else if (family instanceof HistogramSnapshot histogram) {
            header(family, name, "histogram");
            histogram.getDataPoints().forEach(point -> histogramPoint(name, point));
        } else if (family instanceof SummarySnapshot summary) {
            header(family, name, "summary");
            summary.getDataPoints().forEach(point -> sumAndCount(name, labels(point.getLabels()), point));
        } else {
            throw new IllegalArgumentException("%s has no text form: %s".formatted(name, family.getClass()));
        }
    }

    private void header(MetricSnapshot family, String name, String type) {
        String help = family.getMetadata().getHelp();
        out.append("# HELP ").append(name).append(' ').append(help == null ? "" : escaped(help));
        out.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void histogramPoint(String name, HistogramSnapshot.HistogramDataPointSnapshot point) {
        ClassicHistogramBuckets buckets = point.getClassicBuckets();
        String labels = labels(point.getLabels());
        String beforeBound = labels.isEmpty() ? "le=\"" : labels + ",le=\"";
        long cumulative = 0;
        for (int i = 0; i < buckets.size(); i++) {
            cumulative += buckets.getCount(i);
            String bound = bounds.computeIfAbsent(buckets.getUpperBound(i), GoFloat::format);
            out.append(name).append("_bucket{").append(beforeBound).append(bound);
            out.append("\"} ").append(GoFloat.format((double) cumulative)).append('\n');
        }
        sumAndCount(name, labels, point);
    }

    private void sumAndCount(String name, String labels, DistributionDataPointSnapshot point) {
        sample(name + "_sum", labels, point.getSum());
        sample(name + "_count", labels, (double) point.getCount());
    }

    private void sample(String name, String labels, double value) {
        out.append(name);
        if (!labels.isEmpty()) {
            out.append('{').append(labels).append('}');
        }
        out.append(' ').append(GoFloat.format(value)).append('\n');
    }

    /** Returns the text between the braces, in the order of the label names, which is the library's order too. */
    private static String labels(Labels labels) {
        return labels.stream()
                .map(label ->
                        label.getName() + "=\"" + escaped(label.getValue()).replace("\"", "\\\"") + '"')
                .collect(joining(","));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }
}
