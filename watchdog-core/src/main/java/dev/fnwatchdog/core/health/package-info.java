/**
 * Health and shutdown of the watchdog: its states, the lock file, the result of {@code /_/ready}, and the sequence of a
 * shutdown. Time, waiting and the server are passed in. Imports only the JDK.
 */
@NullMarked
package dev.fnwatchdog.core.health;

import org.jspecify.annotations.NullMarked;
