/**
 * The goals of {@code watchdog:}. A goal is an adapter: it collects settings by their environment names, validates them with the
 * watchdog's own parser, and calls one method.
 *
 * <p>Imports {@code core.config} and Maven's API, jib for images only, and SnakeYAML for manifests only. The watchdog itself runs in
 * a separate process.
 */
@NullMarked
package dev.fnwatchdog.maven;

import org.jspecify.annotations.NullMarked;
