/**
 * Metrics, and the page that Prometheus scrapes (specification 2.8 to 2.19). The only package of the core that uses Prometheus'
 * library. Imports {@code io.prometheus}, no other package of the watchdog.
 */
@NullMarked
package dev.fnwatchdog.core.metrics;

import org.jspecify.annotations.NullMarked;
