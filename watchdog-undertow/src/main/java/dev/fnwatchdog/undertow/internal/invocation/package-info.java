/**
 * The lifecycle of one invocation, from the head of its request to the end of its response: deadline, disconnect, abort,
 * and the responses that the watchdog sends itself.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.invocation;

import org.jspecify.annotations.NullMarked;
