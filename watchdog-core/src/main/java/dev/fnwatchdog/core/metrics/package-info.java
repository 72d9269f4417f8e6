/**
 * Metrics, and the page that Prometheus scrapes (specification 2.8 to 2.19). No other package of the core uses Prometheus'
 * library. Imports {@code io.prometheus}, and no other package of the watchdog.
 */
@NullMarked
package dev.fnwatchdog.core.metrics;

import org.jspecify.annotations.NullMarked;
