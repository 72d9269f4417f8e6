package dev.fnwatchdog.core.metrics;

import static java.util.Comparator.comparing;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;

/**
 * Prometheus' text format 0.0.4, spelled as Go's client spells it (contract 2). The Java library's own writer differs
 * in numbers, {@code le} included, and in the order of families and lines.
 */
final class MetricsText {
    private final StringBuilder out = new StringBuilder(8192);

    private MetricsText() {}

    /** The page; families that have no value yet are left out. */
    static String of(MetricSnapshots families) {
        MetricsText text = new MetricsText();
        // By the name as it is shown: the library sorts counters without their _total.
        families.stream()
                .filter(family -> !family.getDataPoints().isEmpty())
                .sorted(comparing(MetricsText::shownName))
                .forEach(text::family);
        return text.out.toString();
    }

    private static String shownName(MetricSnapshot family) {
        String name = family.getMetadata().getPrometheusName();
        return family instanceof CounterSnapshot ? name + "_total" : name;
    }

    private void family(MetricSnapshot family) {
        String name = shownName(family);
        if (family instanceof CounterSnapshot counter) {
            head(family, name, "counter");
            counter.getDataPoints().forEach(point -> sample(name, point.getLabels(), point.getValue()));
        } else if (family instanceof GaugeSnapshot gauge) {
            head(family, name, "gauge");
            gauge.getDataPoints().forEach(point -> sample(name, point.getLabels(), point.getValue()));
        } else if (family instanceof HistogramSnapshot histogram) {
            head(family, name, "histogram");
            histogram.getDataPoints().forEach(point -> histogramPoint(name, point));
        } else if (family instanceof SummarySnapshot summary) {
            head(family, name, "summary");
            summary.getDataPoints().forEach(point -> summaryPoint(name, point));
        } else {
            throw new IllegalArgumentException("%s has no text form: %s".formatted(name, family.getClass()));
        }
    }

    private void head(MetricSnapshot family, String name, String type) {
        String help = family.getMetadata().getHelp();
        out.append("# HELP ").append(name).append(' ');
        escape(help == null ? "" : help, false);
        out.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void histogramPoint(String name, HistogramSnapshot.HistogramDataPointSnapshot point) {
        ClassicHistogramBuckets buckets = point.getClassicBuckets();
        long upToHere = 0;
        for (int i = 0; i < buckets.size(); i++) {
            upToHere += buckets.getCount(i);
            sample(name + "_bucket", point.getLabels(), "le", buckets.getUpperBound(i), (double) upToHere);
        }
        sample(name + "_sum", point.getLabels(), point.getSum());
        sample(name + "_count", point.getLabels(), (double) point.getCount());
    }

    private void summaryPoint(String name, SummarySnapshot.SummaryDataPointSnapshot point) {
        sample(name + "_sum", point.getLabels(), point.getSum());
        sample(name + "_count", point.getLabels(), (double) point.getCount());
    }

    private void sample(String name, Labels labels, double value) {
        out.append(name);
        if (!labels.isEmpty()) {
            out.append('{');
            labels(labels);
            out.append('}');
        }
        out.append(' ').append(GoFloat.format(value)).append('\n');
    }

    private void sample(String name, Labels labels, String lastLabel, double lastValue, double value) {
        out.append(name).append('{');
        labels(labels);
        out.append(labels.isEmpty() ? "" : ",").append(lastLabel);
        out.append("=\"").append(GoFloat.format(lastValue)).append("\"} ");
        out.append(GoFloat.format(value)).append('\n');
    }

    private void labels(Labels labels) {
        for (int i = 0; i < labels.size(); i++) {
            out.append(i == 0 ? "" : ",").append(labels.getPrometheusName(i)).append("=\"");
            escape(labels.getValue(i), true);
            out.append('"');
        }
    }

    private void escape(String text, boolean quoted) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                out.append("\\n");
            } else if (c == '\\' || (c == '"' && quoted)) {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
        }
    }
}
