/**
 * Whether the watchdog is to be sent calls, and how it stops: its states, the lock file, the answer of
 * {@code /_/ready}, and the order of a shutdown. Time, waiting and the server come in from outside. Imports nothing
 * but the JDK.
 */
@NullMarked
package dev.fnwatchdog.core.health;

import org.jspecify.annotations.NullMarked;
