/**
 * Data of a request, independent of any web server: its timeout, its trace id, and its CGI variables.
 *
 * <p>May import {@code config} for its durations, and no other package of the core.
 */
@NullMarked
package dev.fnwatchdog.core.request;

import org.jspecify.annotations.NullMarked;
