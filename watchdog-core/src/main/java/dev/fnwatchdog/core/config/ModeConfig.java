package dev.fnwatchdog.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The mode, with the settings that it needs (specification 1.10).
 *
 * <pre>{@code
 * ModeConfig mode = WatchdogConfig.parse(System.getenv()).mode();
 * if (mode instanceof ModeConfig.Http http) {
 *     System.out.println("The function listens on " + http.upstream());
 * }
 * }</pre>
 */
public sealed interface ModeConfig {
    /** {@return the name of the mode, as in the setting {@code mode}} */
    String name();

    /**
     * Calls the method of the visitor for this mode.
     *
     * @param visitor one method for each mode
     * @param <R> the type of its result
     * @return the result of the visitor
     */
    <R> R accept(Visitor<R> visitor);

    /**
     * http mode: forwards requests to the function's own server (specification 3).
     *
     * @param command the command of the function process
     * @param upstream {@code http://host:port/path}, or {@code https} or {@code h2c}: the port is always present, the path is escaped and has no
     *     trailing slash
     * @param bufferRequestBody whether the whole request body is read before it is forwarded
     * @param startupWait how long a request waits for the function to listen (specification 3.3); zero: not at all
     * @param metricsPath the path of the function's own metrics page (specification 2.17), empty if there is none
     */
    record Http(CommandLine command, URI upstream, boolean bufferRequestBody, Duration startupWait, String metricsPath)
            implements ModeConfig {
        /**
         * Checks the upstream.
         *
         * @throws InvalidConfigException if the upstream has no host or no port
         */
        public Http {
            if (upstream.getHost() == null || upstream.getPort() < 0) {
                throw new InvalidConfigException(
                        "http_upstream_url", upstream.toString(), ValueTypes.UPSTREAM_EXPECTED);
            }
        }

        @Override
        public String name() {
            return Mode.HTTP.text();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.http(this);
        }
    }

    /**
     * The meaning of the output of a process (specification 4.6, 4.19).
     *
     * @param contentType the {@code Content-Type} of a response whose output does not contain one
     * @param cgi whether the output begins with response fields
     */
    record Output(String contentType, boolean cgi) {}

    /**
     * streaming mode: starts a process for each request, and streams both bodies through its pipes (specification 4.13).
     *
     * @param command the command of the process
     * @param output the meaning of its output
     * @param cgiHeaders whether the request is passed in {@code Http_} variables
     */
    record Streaming(CommandLine command, Output output, boolean cgiHeaders) implements ModeConfig {
        @Override
        public String name() {
            return Mode.STREAMING.text();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.streaming(this);
        }
    }

    /**
     * serializing mode: starts a process for each request, and buffers both bodies (specification 4.16).
     *
     * @param command the command of the process
     * @param output the meaning of its output
     * @param cgiHeaders whether the request is passed in {@code Http_} variables
     * @param combinedOutput whether standard error is part of the response (specification 4.18)
     */
    record Serializing(CommandLine command, Output output, boolean cgiHeaders, boolean combinedOutput)
            implements ModeConfig {
        @Override
        public String name() {
            return Mode.SERIALIZING.text();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.serializing(this);
        }
    }

    /**
     * static mode: serves files, without a function (specification 1.25).
     *
     * @param root the folder whose files are served
     * @param singlePage whether {@code /index.html} is served for an unknown path (specification 1.34)
     */
    record Static(Path root, boolean singlePage) implements ModeConfig {
        @Override
        public String name() {
            return Mode.STATIC.text();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.files(this);
        }
    }

    /**
     * inproc mode: runs the function inside the watchdog's JVM (specification 5).
     *
     * @param handler the name of the class, empty if the watchdog has to find it
     * @param functionPath jars and folders of the function's own class loader, empty if there is none
     * @param concurrency the maximum number of concurrent requests in the handler; 0: no limit
     * @param servletInit init parameters of the servlet, by their names
     */
    record Inproc(String handler, List<Path> functionPath, int concurrency, Map<String, String> servletInit)
            implements ModeConfig {
        /** Copies the collections. */
        public Inproc {
            functionPath = List.copyOf(functionPath);
            servletInit = Map.copyOf(servletInit);
        }

        @Override
        public String name() {
            return Mode.INPROC.text();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.inproc(this);
        }
    }

    /**
     * Has one method for each mode: a visitor does not compile until it handles a new one.
     *
     * @param <R> the type of the result
     */
    interface Visitor<R> {
        /**
         * Handles http mode.
         *
         * @param mode its settings
         * @return the result
         */
        R http(Http mode);

        /**
         * Handles streaming mode.
         *
         * @param mode its settings
         * @return the result
         */
        R streaming(Streaming mode);

        /**
         * Handles serializing mode.
         *
         * @param mode its settings
         * @return the result
         */
        R serializing(Serializing mode);

        /**
         * Handles static mode.
         *
         * @param mode its settings
         * @return the result
         */
        R files(Static mode);

        /**
         * Handles inproc mode.
         *
         * @param mode its settings
         * @return the result
         */
        R inproc(Inproc mode);
    }
}
