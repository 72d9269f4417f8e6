/**
 * The goals of {@code watchdog:}. A goal is an adapter: it collects settings under their environment names, has them checked by
 * the watchdog's own parser, and makes one call.
 *
 * <p>Imports {@code core.config} and Maven's API, and, for images alone, jib; the watchdog itself runs in a process of its own.
 */
@NullMarked
package dev.fnwatchdog.maven;

import org.jspecify.annotations.NullMarked;
