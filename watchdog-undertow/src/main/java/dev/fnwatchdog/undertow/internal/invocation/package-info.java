/**
 * The lifecycle of one invocation, from the head of its request to the end of its response: deadline, disconnect, abort,
 * responses of the watchdog.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.invocation;

import org.jspecify.annotations.NullMarked;
