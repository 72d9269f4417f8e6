/**
 * What is counted, and the page that Prometheus reads. The only package that knows Prometheus' library, and of it only
 * the values and the OpenMetrics writer: its counters read the environment, which belongs to the function. Imports
 * {@code io.prometheus} and {@code java.management}, no other package of the watchdog.
 */
@NullMarked
package dev.fnwatchdog.core.metrics;

import org.jspecify.annotations.NullMarked;
