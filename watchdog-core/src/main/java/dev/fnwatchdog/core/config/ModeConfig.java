package dev.fnwatchdog.core.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** What the chosen mode needs, and nothing that it does not. */
public sealed interface ModeConfig {
    /** The mode's name as {@code mode} spells it. */
    String name();

    <R> R accept(Visitor<R> visitor);

    /**
     * Forwards to a function that listens by itself (contract 3).
     *
     * @param upstream {@code http://host:port/path}, the port always there, the path escaped and without its trailing
     *     slash
     */
    record Http(CommandLine command, URI upstream, boolean bufferRequestBody) implements ModeConfig {
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

    /** One process a call, its pipes joined with the call's body and answer (contract 4). */
    record Streaming(CommandLine command, String contentType, boolean cgiHeaders) implements ModeConfig {
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
     * One process a call, given the whole body, its output read to the end before it is sent (contract 4).
     *
     * @param combinedOutput whether standard error goes into the response as well
     */
    record Serializing(CommandLine command, String contentType, boolean cgiHeaders, boolean combinedOutput)
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
     * Serves files; no function at all.
     *
     * @param singlePage whether an unknown path is answered with {@code /index.html}
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
     * Runs the function inside the watchdog's JVM (contract 5).
     *
     * @param handler the class's name, empty where the one service provider is meant
     * @param functionPath jars and folders of a class loader of the function's own, empty where there is none
     * @param concurrency calls in the handler at once, 0 for no limit
     */
    record Inproc(String handler, List<Path> functionPath, int concurrency) implements ModeConfig {
        public Inproc {
            functionPath = List.copyOf(functionPath);
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

    /** One method a mode: a new mode does not compile until every reader handles it. */
    interface Visitor<R> {
        R http(Http mode);

        R streaming(Streaming mode);

        R serializing(Serializing mode);

        R files(Static mode);

        R inproc(Inproc mode);
    }
}
