package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import org.junit.jupiter.api.Test;

class PrometheusTextTest {
    /** Proves specification 2.9. */
    @Test
    void aHistogramHasBucketsSumAndCountInOrderAndBoundsAsGoPrintsThem() {
        HistogramSnapshot seconds = HistogramSnapshot.builder()
                .name("seconds")
                .help("how long")
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .labels(Labels.of("method", "get", "code", "200"))
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(
                                new double[] {.005, 1, 2.5, 10, Double.POSITIVE_INFINITY}, new long[] {1, 2, 0, 4, 1}))
                        .sum(12345679)
                        .build())
                .build();

        assertThat(text(seconds)).isEqualTo("""
                        # HELP seconds how long
                        # TYPE seconds histogram
                        seconds_bucket{code="200",method="get",le="0.005"} 1
                        seconds_bucket{code="200",method="get",le="1"} 3
                        seconds_bucket{code="200",method="get",le="2.5"} 3
                        seconds_bucket{code="200",method="get",le="10"} 7
                        seconds_bucket{code="200",method="get",le="+Inf"} 8
                        seconds_sum{code="200",method="get"} 1.2345679e+07
                        seconds_count{code="200",method="get"} 8
                        """);
    }

    @Test
    void noCommaPrecedesABoundThatIsTheOnlyLabel() {
        HistogramSnapshot plain = HistogramSnapshot.builder()
                .name("plain")
                .help("h")
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(
                                new double[] {Double.POSITIVE_INFINITY}, new long[] {1_000_000}))
                        .sum(.25)
                        .build())
                .build();

        assertThat(text(plain)).endsWith("""
                        plain_bucket{le="+Inf"} 1e+06
                        plain_sum 0.25
                        plain_count 1e+06
                        """);
    }

    @Test
    void metricFamiliesAreSortedByTheirPrintedName() {
        String text = text(
                MetricsRegistry.gaugeOf("http_requests_in_flight", "now", 1),
                MetricsRegistry.counterOf("http_requests_total", "all", 2),
                MetricsRegistry.gaugeOf("a", "first", 0));

        assertThat(text).isEqualTo("""
                        # HELP a first
                        # TYPE a gauge
                        a 0
                        # HELP http_requests_in_flight now
                        # TYPE http_requests_in_flight gauge
                        http_requests_in_flight 1
                        # HELP http_requests_total all
                        # TYPE http_requests_total counter
                        http_requests_total 2
                        """);
    }

    @Test
    void seriesAreSortedByTheirLabelsAndLabelsByTheirNames() {
        CounterSnapshot requests = CounterSnapshot.builder()
                .name("calls_total")
                .help("h")
                .dataPoint(point("500", "get"))
                .dataPoint(point("200", "post"))
                .dataPoint(point("200", "get"))
                .build();

        assertThat(text(requests)).endsWith("""
                        calls_total{code="200",method="get"} 1
                        calls_total{code="200",method="post"} 1
                        calls_total{code="500",method="get"} 1
                        """);
    }

    @Test
    void aSummaryIsPrintedAsSumAndCount() {
        SummarySnapshot pauses = SummarySnapshot.builder()
                .name("pauses")
                .help("h")
                .dataPoint(SummaryDataPointSnapshot.builder()
                        .labels(Labels.of("gc", "Copy"))
                        .sum(.023)
                        .count(4)
                        .build())
                .build();

        assertThat(text(pauses)).isEqualTo("""
                        # HELP pauses h
                        # TYPE pauses summary
                        pauses_sum{gc="Copy"} 0.023
                        pauses_count{gc="Copy"} 4
                        """);
    }

    @Test
    void helpTextsAndLabelValuesAreEscapedEachByTheirOwnRules() {
        GaugeSnapshot odd = GaugeSnapshot.builder()
                .name("odd")
                .help("a \"quoted\" back\\slash\nand a line")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .labels(Labels.of("text", "a \"quoted\" back\\slash\nand a line, ü"))
                        .value(1)
                        .build())
                .build();

        assertThat(text(odd)).isEqualTo("""
                        # HELP odd a "quoted" back\\\\slash\\nand a line
                        # TYPE odd gauge
                        odd{text="a \\"quoted\\" back\\\\slash\\nand a line, ü"} 1
                        """);
    }

    @Test
    void aMetricFamilyWithoutSeriesIsLeftOut() {
        assertThat(text(CounterSnapshot.builder().name("none_total").help("h").build()))
                .isEmpty();
    }

    private static CounterDataPointSnapshot point(String code, String method) {
        return CounterDataPointSnapshot.builder()
                .labels(Labels.of("method", method, "code", code))
                .value(1)
                .build();
    }

    private static String text(MetricSnapshot... families) {
        return PrometheusText.of(MetricSnapshots.of(families));
    }
}
