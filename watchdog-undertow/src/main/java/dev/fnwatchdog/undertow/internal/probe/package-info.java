/** The endpoints for probes and scrapers: health, readiness and the metrics pages. */
@NullMarked
package dev.fnwatchdog.undertow.internal.probe;

import org.jspecify.annotations.NullMarked;
