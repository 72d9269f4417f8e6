package dev.fnwatchdog.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of type {@code int} that gets the port for requests (specification 12.2).
 *
 * <pre>{@code
 * @Test
 * void acceptsConnections(@WatchdogPort int port) throws Exception {
 *     new Socket("localhost", port).close();
 * }
 * }</pre>
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface WatchdogPort {}
