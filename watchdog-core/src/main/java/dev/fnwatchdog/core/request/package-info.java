/**
 * What a request asks for, independent of any web server.
 *
 * <p>May import {@code config} for its durations, and no other package of the core.
 */
@NullMarked
package dev.fnwatchdog.core.request;

import org.jspecify.annotations.NullMarked;
