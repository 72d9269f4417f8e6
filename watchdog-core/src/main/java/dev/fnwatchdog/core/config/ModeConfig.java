package dev.fnwatchdog.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The settings of the chosen mode (specification 1.10). */
public sealed interface ModeConfig {
    /** Returns the mode's name as {@code mode} spells it. */
    String name();

    <R> R accept(Visitor<R> visitor);

    /**
     * Forwards requests to a function that has a server of its own (specification 3).
     *
     * @param upstream {@code http://host:port/path}, or {@code https} or {@code h2c}: the port is always present, the path is escaped and has no
     *     trailing slash
     * @param startupWait the longest that a request waits for the function to listen (specification 3.3); zero: not at
     *     all
     * @param metricsPath the path of the function's own metrics page (specification 2.17), empty if there is none
     */
    record Http(CommandLine command, URI upstream, boolean bufferRequestBody, Duration startupWait, String metricsPath)
            implements ModeConfig {
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
     * What the output of a process is (specification 4.6, 4.19).
     *
     * @param contentType the {@code Content-Type} of a response whose output names none
     * @param cgi whether it begins with response fields
     */
    record Output(String contentType, boolean cgi) {}

    /** Runs one process per request; its pipes carry the request body and the response body (specification 4.13). */
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
     * Runs one process per request; it gets the whole request body, and its output is read to the end before it is sent
     * (specification 4.16).
     *
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
     * Serves files, without a function (specification 1.25).
     *
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
     * Runs the function inside the watchdog's JVM (specification 5).
     *
     * @param handler the name of the class, empty for the one service provider
     * @param functionPath jars and folders of the function's own class loader, empty if there is none
     * @param concurrency the most requests in the handler at once; 0: no limit
     * @param servletInit init parameters of the servlet, by their names
     */
    record Inproc(String handler, List<Path> functionPath, int concurrency, Map<String, String> servletInit)
            implements ModeConfig {
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

    /** One method per mode: a new mode does not compile until every visitor handles it. */
    interface Visitor<R> {
        R http(Http mode);

        R streaming(Streaming mode);

        R serializing(Serializing mode);

        R files(Static mode);

        R inproc(Inproc mode);
    }
}
