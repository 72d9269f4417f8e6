/**
 * Metrics, and the page that Prometheus scrapes (specification 2.8 to 2.19). The only package that uses Prometheus'
 * library, and of it only the values and the OpenMetrics writer, because its counters read the environment, which
 * belongs to the function. Imports {@code io.prometheus} and {@code java.management}, no other package of the watchdog.
 */
@NullMarked
package dev.fnwatchdog.core.metrics;

import org.jspecify.annotations.NullMarked;
