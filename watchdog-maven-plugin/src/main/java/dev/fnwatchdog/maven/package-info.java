/**
 * The goals of {@code watchdog:}. A goal is an adapter: it collects settings under their environment names, has the
 * watchdog's own parser check them, and makes one call.
 *
 * <p>Imports {@code core.config}, Maven's API and, only for images, jib, and, only for manifests, SnakeYAML; the watchdog itself runs in a process of its
 * own.
 */
@NullMarked
package dev.fnwatchdog.maven;

import org.jspecify.annotations.NullMarked;
