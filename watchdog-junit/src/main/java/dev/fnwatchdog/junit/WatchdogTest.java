package dev.fnwatchdog.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Starts a watchdog in front of the function before the first test of a class, and stops it after the last one. It runs in the JVM
 * of the tests, on free ports (specification 12.1).
 *
 * <p>Test methods, lifecycle methods and constructors can have parameters of these types: {@link FunctionClient}, {@link
 * java.net.URI}, {@link java.net.http.HttpClient}, {@code dev.fnwatchdog.undertow.Watchdog}, and {@code int} with {@link
 * WatchdogPort}.
 *
 * <pre>{@code
 * @WatchdogTest(handler = GreeterTest.Greeter.class, value = "exec_timeout=2s")
 * class GreeterTest {
 *     @Test
 *     void greets(FunctionClient function) throws Exception {
 *         assertEquals("hello\n", function.get("/").body());
 *     }
 *
 *     public static class Greeter implements HttpHandler {
 *         @Override
 *         public void handleRequest(HttpServerExchange exchange) {
 *             exchange.getResponseSender().send("hello\n");
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>A nested class shares the watchdog of the class around it, unless it has this annotation itself. Use {@link
 * WatchdogExtension} for a function that the test creates, and for settings that are known only at run time.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WatchdogTestExtension.class)
public @interface WatchdogTest {
    /**
     * {@return the settings, each in the form {@code name=value}, such as {@code exec_timeout=2s}} Without a mode and a function
     * process, the mode is {@code inproc}. Without a port, it is any free port.
     */
    String[] value() default {};

    /**
     * {@return the class of the function in inproc mode, in place of the setting {@code handler}} Without either, the watchdog
     * looks for the function on the class path (specification 5.2).
     */
    Class<?> handler() default void.class;
}
