/**
 * The life of one invocation, from its request's head to the end of its response: deadline, disconnect, abort,
 * the watchdog's own responses.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.invocation;

import org.jspecify.annotations.NullMarked;
