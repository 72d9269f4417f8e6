/**
 * How many calls may run at once ({@code max_inflight}), without any notion of what a call is. Imports nothing but
 * the JDK.
 */
@NullMarked
package dev.fnwatchdog.core.limit;

import org.jspecify.annotations.NullMarked;
