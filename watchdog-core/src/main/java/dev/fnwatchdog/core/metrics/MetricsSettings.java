package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.config.ExporterFilterProperties;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.config.PrometheusPropertiesException;
import io.prometheus.metrics.config.PrometheusPropertiesLoader;
import io.prometheus.metrics.model.registry.MetricNameFilter;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of the Prometheus library: {@code IO_PROMETHEUS_*}, the file that {@code PROMETHEUS_CONFIG} names, and the
 * system properties {@code io.prometheus.*} (specification 2.11, 2.19).
 */
public final class MetricsSettings {
    /** The library reports a variable in lower case. */
    private static final Pattern VARIABLE = Pattern.compile("^io_prometheus\\w*");

    private final PrometheusProperties properties;

    private MetricsSettings(PrometheusProperties properties) {
        this.properties = properties;
    }

    /**
     * Reads the settings.
     *
     * @throws InvalidMetricsSettingsException if a file cannot be read, a name is unknown, or a value cannot be used; the message is one
     *     line
     */
    public static MetricsSettings load() throws InvalidMetricsSettingsException {
        // The library's own instance is read in a static initializer, where a mistake would be an Error.
        try {
            PrometheusProperties properties = PrometheusPropertiesLoader.load();
            RequestMetrics.verify(properties);
            return new MetricsSettings(properties);
        } catch (PrometheusPropertiesException | IllegalArgumentException e) {
            throw new InvalidMetricsSettingsException(describe(String.valueOf(e.getMessage())), e);
        }
    }

    private static String describe(String message) {
        Matcher variable = VARIABLE.matcher(message);
        String named = variable.find()
                ? variable.group().toUpperCase(Locale.ROOT) + message.substring(variable.end())
                : message;
        return "A setting of the Prometheus library cannot be used: " + named.replaceAll("\\p{Cntrl}", "?");
    }

    PrometheusProperties properties() {
        return properties;
    }

    /** Returns which metric families are on the page, by {@code io.prometheus.exporter.filter.*}. */
    Predicate<String> filter() {
        ExporterFilterProperties filter = properties.getExporterFilterProperties();
        return MetricNameFilter.builder()
                .nameMustBeEqualTo(filter.getAllowedMetricNames())
                .nameMustNotBeEqualTo(filter.getExcludedMetricNames())
                .nameMustStartWith(filter.getAllowedMetricNamePrefixes())
                .nameMustNotStartWith(filter.getExcludedMetricNamePrefixes())
                .build();
    }
}
