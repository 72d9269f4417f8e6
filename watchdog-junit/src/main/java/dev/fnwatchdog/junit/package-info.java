/**
 * Tests of functions with JUnit: a watchdog in the JVM of the tests, in front of the function, and test parameters with its client,
 * URL and port (specification 12).
 *
 * <p>May import {@code dev.fnwatchdog.core}, the public classes of {@code dev.fnwatchdog.undertow}, and JUnit's API.
 */
@NullMarked
package dev.fnwatchdog.junit;

import org.jspecify.annotations.NullMarked;
