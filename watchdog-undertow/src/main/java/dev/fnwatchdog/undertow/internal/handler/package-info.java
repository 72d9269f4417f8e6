/** The handlers of the chain in front of every mode, and the handlers that several modes share. */
@NullMarked
package dev.fnwatchdog.undertow.internal.handler;

import org.jspecify.annotations.NullMarked;
