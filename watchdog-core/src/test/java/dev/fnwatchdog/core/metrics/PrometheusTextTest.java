package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
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
                gauge("http_requests_in_flight", "now", 1),
                counter("http_requests_total", "all", 2),
                gauge("a", "first", 0));

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

    /** Proves specification 2.9. */
    @Test
    void anInfoIsAGaugeOfOne() {
        Info build =
                Info.builder().name("build").help("h").labelNames("version").build();
        build.setLabelValues("1.2");

        assertThat(text(build.collect())).isEqualTo("""
                        # HELP build_info h
                        # TYPE build_info gauge
                        build_info{version="1.2"} 1
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void aStateSetHasALineForEachState() {
        StateSet features = StateSet.builder()
                .name("features")
                .help("h")
                .labelNames("area")
                .states("a", "b")
                .build();
        features.labelValues("x").setTrue("b");

        assertThat(text(features.collect())).isEqualTo("""
                        # HELP features h
                        # TYPE features gauge
                        features{area="x",features="a"} 0
                        features{area="x",features="b"} 1
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void anUnknownMetricIsUntyped() {
        UnknownSnapshot odd = UnknownSnapshot.builder()
                .name("odd")
                .dataPoint(UnknownDataPointSnapshot.builder()
                        .value(1e7)
                        .scrapeTimestampMillis(1700000000123L)
                        .build())
                .build();

        assertThat(text(odd)).isEqualTo("""
                        # TYPE odd untyped
                        odd 1e+07 1700000000123
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void aNativeHistogramHasTheBucketThatContainsEverything() {
        Histogram seconds =
                Histogram.builder().name("seconds").help("h").nativeOnly().build();
        seconds.observe(.5);
        seconds.observe(2);

        assertThat(text(seconds.collect())).isEqualTo("""
                        # HELP seconds h
                        # TYPE seconds histogram
                        seconds_bucket{le="+Inf"} 2
                        seconds_sum 2.5
                        seconds_count 2
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void aHistogramWithBothKindsOfBucketsHasTheClassicOnes() {
        Histogram seconds = Histogram.builder()
                .name("seconds")
                .help("h")
                .classicUpperBounds(1)
                .build();
        seconds.observe(.5);

        assertThat(text(seconds.collect())).endsWith("""
                        seconds_bucket{le="1"} 1
                        seconds_bucket{le="+Inf"} 1
                        seconds_sum 0.5
                        seconds_count 1
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void aGaugeHistogramHasItsSumAndCountAsGauges() {
        HistogramSnapshot ages = HistogramSnapshot.builder()
                .gaugeHistogram(true)
                .name("ages")
                .help("h")
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(
                                ClassicHistogramBuckets.of(new double[] {Double.POSITIVE_INFINITY}, new long[] {3}))
                        .sum(4)
                        .build())
                .build();

        assertThat(text(ages)).isEqualTo("""
                        # HELP ages h
                        # TYPE ages histogram
                        ages_bucket{le="+Inf"} 3
                        # HELP ages_gsum h
                        # TYPE ages_gsum gauge
                        ages_gsum 4
                        # HELP ages_gcount h
                        # TYPE ages_gcount gauge
                        ages_gcount 3
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void theQuantilesOfASummaryPrecedeItsSum() {
        SummarySnapshot pauses = SummarySnapshot.builder()
                .name("pauses")
                .help("h")
                .dataPoint(SummaryDataPointSnapshot.builder()
                        .labels(Labels.of("gc", "Copy"))
                        .quantiles(Quantiles.of(new Quantile(.5, 1), new Quantile(.99, Double.NaN)))
                        .count(4)
                        .build())
                .build();

        assertThat(text(pauses)).isEqualTo("""
                        # HELP pauses h
                        # TYPE pauses summary
                        pauses{gc="Copy",quantile="0.5"} 1
                        pauses{gc="Copy",quantile="0.99"} NaN
                        pauses_count{gc="Copy"} 4
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void charactersThatPrometheus2RefusesInNamesAreUnderscores() {
        CounterSnapshot calls = CounterSnapshot.builder()
                .name("calls.to.café")
                .help("h")
                .dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of("http.method", "get"))
                        .value(1)
                        .build())
                .build();

        assertThat(text(calls)).isEqualTo("""
                        # HELP calls_to_caf__total h
                        # TYPE calls_to_caf__total counter
                        calls_to_caf__total{http_method="get"} 1
                        """);
    }

    /** Proves specification 2.9. */
    @Test
    void familiesOfOneNameAndDifferentLabelsAreOneFamily() {
        assertThat(text(
                        gauge("a", "h", 1),
                        GaugeSnapshot.builder()
                                .name("a")
                                .help("h")
                                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                        .labels(Labels.of("x", "y"))
                                        .value(2)
                                        .build())
                                .build()))
                .isEqualTo("""
                        # HELP a h
                        # TYPE a gauge
                        a 1
                        a{x="y"} 2
                        """);
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(value)
                        .build())
                .build();
    }

    private static CounterSnapshot counter(String name, String help, double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
                .build();
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
