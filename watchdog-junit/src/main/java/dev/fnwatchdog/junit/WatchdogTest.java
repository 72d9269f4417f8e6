package dev.fnwatchdog.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs the tests of a class with a watchdog in front of the function: in the JVM of the tests, on free ports, from before the
 * first test of the class until after its last one (specification 12.1).
 *
 * <p>Tests, lifecycle methods and constructors get it as parameters of these types: {@link FunctionClient}, {@link java.net.URI},
 * {@link java.net.http.HttpClient}, {@code dev.fnwatchdog.undertow.Watchdog}, and {@code int} with {@link WatchdogPort}.
 *
 * <pre>{@code
 * @WatchdogTest(handler = Greeter.class, value = "exec_timeout=2s")
 * class GreeterTest {
 *     @Test
 *     void greets(FunctionClient function) throws Exception {
 *         assertEquals("hello, Ada\n", function.post("/", "Ada").body());
 *     }
 * }
 * }</pre>
 *
 * <p>A nested class shares the watchdog of the class around it, unless it has this annotation itself. For a function that the test
 * creates, and for settings that are known at run time only, see {@link WatchdogExtension}.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WatchdogTestExtension.class)
public @interface WatchdogTest {
    /**
     * Returns the settings, each as {@code name=value}, such as {@code exec_timeout=2s}. Where none names a mode or a function
     * process, the mode is {@code inproc}; where none names a port, it is any free one.
     */
    String[] value() default {};

    /**
     * Returns the class of the function in inproc mode, in place of the setting {@code handler}. Where both are absent, it is
     * found on the class path as the watchdog finds it (specification 5.2).
     */
    Class<?> handler() default void.class;
}
