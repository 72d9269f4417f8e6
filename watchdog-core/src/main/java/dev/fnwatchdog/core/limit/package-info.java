/**
 * The limit of concurrent requests ({@code max_inflight}, {@code max_waiting}, {@code handler_concurrency}), independent of what a
 * request is. Imports only the JDK.
 */
@NullMarked
package dev.fnwatchdog.core.limit;

import org.jspecify.annotations.NullMarked;
