/**
 * What a request asks for, apart from any web server.
 *
 * <p>May import {@code config}, for its durations, and nothing else of the core.
 */
@NullMarked
package dev.fnwatchdog.core.request;

import org.jspecify.annotations.NullMarked;
