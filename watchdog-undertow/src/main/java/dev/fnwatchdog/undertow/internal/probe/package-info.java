/** Health, readiness and the metrics page: what probes and scrapers request. */
@NullMarked
package dev.fnwatchdog.undertow.internal.probe;

import org.jspecify.annotations.NullMarked;
