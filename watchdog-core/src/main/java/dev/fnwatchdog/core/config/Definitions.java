package dev.fnwatchdog.core.config;

import static dev.fnwatchdog.core.config.Mode.HTTP;
import static dev.fnwatchdog.core.config.Mode.INPROC;
import static dev.fnwatchdog.core.config.Mode.SERIALIZING;
import static dev.fnwatchdog.core.config.Mode.STATIC;
import static dev.fnwatchdog.core.config.Mode.STREAMING;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** All settings (specification 1.1). */
final class Definitions {
    static final String NAMESPACE_FILE = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private static final Mode[] PROCESS_MODES = {STREAMING, SERIALIZING, HTTP};
    private static final Mode[] FUNCTION_MODES = {STREAMING, SERIALIZING, HTTP, INPROC};
    private static final Mode[] FORKING_MODES = {STREAMING, SERIALIZING};

    static final Definition<Mode> MODE = Definition.of(
            "mode", ValueTypes.MODE, "streaming", "How the function is run; serialising is serializing too.");

    static final Definition<CommandLine> FPROCESS = Definition.of(
                    "fprocess",
                    ValueTypes.COMMAND,
                    "",
                    "The function process. Split into words as a POSIX shell does, quotes and backslashes included, with"
                            + " no expansion. function_process wins where both are set. Required in these modes.")
            .overridingAlias("function_process")
            .forModes(PROCESS_MODES)
            .asRequired();

    static final Definition<URI> UPSTREAM = Definition.of(
                    "http_upstream_url",
                    ValueTypes.UPSTREAM,
                    "",
                    "Where the function listens, http://host[:port][/path], https://, or h2c:// for a server of clear-text"
                            + " HTTP/2; its path is put before the request's. http_upstream_url wins where both are set."
                            + " Required in this mode.")
            .alias("upstream_url")
            .forModes(HTTP)
            .asRequired();

    static final Definition<Integer> PORT = Definition.of(
            "port", ValueTypes.PORT, "8080", "Where requests, health and readiness are served; 0 is any free port.");

    static final Definition<Integer> METRICS_PORT =
            Definition.of("metrics_port", ValueTypes.PORT, "8081", "Where /metrics is served; 0 is any free port.");

    static final Definition<Duration> EXEC_TIMEOUT = Definition.of(
                    "exec_timeout", ValueTypes.DURATION, "30s", "The longest a request may take; 0 is no limit.")
            .forModes(FUNCTION_MODES);

    static final Definition<Duration> READ_TIMEOUT = Definition.of(
            "read_timeout",
            ValueTypes.DURATION,
            "30s",
            "The longest the client may take to send a whole request, from its first byte; 0 is no limit.");

    static final Definition<Duration> WRITE_TIMEOUT = Definition.of(
            "write_timeout",
            ValueTypes.DURATION_OVER_ZERO,
            "30s",
            "The longest that sending a response may take, and the longest a drain may take; over 0s.");

    static final Definition<Duration> HEALTHCHECK_INTERVAL = Definition.of(
            "healthcheck_interval",
            ValueTypes.DURATION,
            // Not a duration, but the name of the setting whose value is used.
            WRITE_TIMEOUT.name(),
            "How long to keep serving after SIGTERM, so that the orchestrator sees the failing probe first.");

    static final Definition<String> CONTENT_TYPE = Definition.of(
                    "content_type",
                    ValueTypes.MEDIA,
                    "application/octet-stream",
                    "The Content-Type of every response; with cgi_response of those that name none.")
            .forModes(FORKING_MODES);

    static final Definition<Boolean> BUFFER_REQUEST_BODY = Definition.of(
                    "http_buffer_req_body",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Read the whole request body first and send it with Content-Length.")
            .alias("buffer_http")
            .forModes(HTTP);

    static final Definition<Integer> MAX_INFLIGHT = Definition.of(
            "max_inflight", ValueTypes.COUNT, "0", "Requests served at once, more get 429; 0 is no limit.");

    static final Definition<Integer> MAX_WAITING = Definition.of(
            "max_waiting",
            ValueTypes.COUNT,
            "0",
            "Requests beyond max_inflight, or handler_concurrency, that wait, first come first served; more get 429.");

    static final Definition<Integer> HTTP2_MAX_STREAMS = Definition.of(
            "http2_max_streams",
            ValueTypes.COUNT_OVER_ZERO,
            "250",
            "Requests at once on one HTTP/2 connection; more are refused with REFUSED_STREAM.");

    static final Definition<Boolean> LOG_CALL_ID = Definition.of(
                    "log_callid", ValueTypes.BOOLEAN, "false", "Print X-Call-Id at the end of a request's log line.")
            .alias("log_call_id");

    static final Definition<Boolean> LOG_TRACE_ID = Definition.of(
            "log_trace_id",
            ValueTypes.BOOLEAN,
            "false",
            "Print the trace id (traceparent) at the end of a request's log line, in text logs; JSON always has it.");

    static final Definition<Boolean> PREFIX_LOGS = Definition.of(
                    "prefix_logs",
                    ValueTypes.BOOLEAN,
                    "true",
                    "Print date, time and stream before each line of the function's output.")
            .forModes(FUNCTION_MODES);

    static final Definition<Integer> LOG_BUFFER_SIZE = Definition.of(
                    "log_buffer_size",
                    ValueTypes.BYTES,
                    "65536",
                    "The longest line of the function's output, longer ones are cut there; -1 is no limit.")
            .forModes(FUNCTION_MODES);

    static final Definition<LogConfig.Format> LOG_FORMAT =
            Definition.of("log_format", ValueTypes.LOG_FORMAT, "text", "The form of the watchdog's own log lines.");

    static final Definition<String> READY_PATH = Definition.of(
            "ready_path", ValueTypes.PATH, "", "/_/ready is the function's own response to GET on this path.");

    static final Definition<Duration> STARTUP_WAIT = Definition.of(
                    "startup_wait",
                    ValueTypes.DURATION,
                    "10s",
                    "How long a request is held that arrives before the function's port has accepted a connection; 0 is"
                            + " not at all.")
            .forModes(HTTP);

    static final Definition<Path> STATIC_PATH = Definition.of(
                    "static_path",
                    ValueTypes.DIRECTORY,
                    "/home/app/public",
                    "The files to serve; the directory must exist.")
            .forModes(STATIC);

    static final Definition<Boolean> STATIC_SPA = Definition.of(
                    "static_spa",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Serve /index.html for an unknown path, for single-page applications.")
            .forModes(STATIC);

    static final Definition<Boolean> SUPPRESS_LOCK = Definition.of(
            "suppress_lock", ValueTypes.BOOLEAN, "false", "Write no lock file, and be healthy without one.");

    static final Definition<Boolean> COMBINED_OUTPUT = Definition.of(
                    "combined_output",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Put the function's standard error into the response as well.")
            .alias("combine_output")
            .forModes(SERIALIZING);

    static final Definition<Boolean> READ_DEBUG = Definition.of(
                    "read_debug",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Print request bodies to the log, each up to log_buffer_size.")
            .forModes(PROCESS_MODES);

    static final Definition<Boolean> WRITE_DEBUG = Definition.of(
                    "write_debug",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Print response bodies to the log, each up to log_buffer_size.")
            .forModes(PROCESS_MODES);

    static final Definition<Boolean> CGI_HEADERS = Definition.of(
                    "cgi_headers",
                    ValueTypes.BOOLEAN,
                    "true",
                    "Give the process the request's method, path, query and headers as Http_ variables.")
            .forModes(FORKING_MODES);

    static final Definition<Boolean> CGI_RESPONSE = Definition.of(
                    "cgi_response",
                    ValueTypes.BOOLEAN,
                    "false",
                    "The process's output begins with response fields as in CGI (Status: 404 Not Found), ended by an empty"
                            + " line.")
            .forModes(FORKING_MODES);

    static final Definition<Boolean> JWT_AUTH = Definition.of(
            "jwt_auth",
            ValueTypes.BOOLEAN,
            "false",
            "Serve only requests with a token of the authority that permits this function. Needs OPENFAAS_NAME and"
                    + " OPENFAAS_NAMESPACE.");

    static final Definition<Boolean> JWT_AUTH_DEBUG = Definition.of(
            "jwt_auth_debug", ValueTypes.BOOLEAN, "false", "Log issuer, key ids and claims, never a token.");

    static final Definition<Boolean> JWT_AUTH_LOCAL = Definition.of(
            "jwt_auth_local",
            ValueTypes.BOOLEAN,
            "false",
            "The authority is http://127.0.0.1:8080 in place of http://gateway.openfaas:8080.");

    static final Definition<URI> JWT_AUTH_AUTHORITY = Definition.of(
            "jwt_auth_authority",
            ValueTypes.AUTHORITY,
            "",
            "The OpenID authority's base URL, in place of the two built-in ones.");

    static final Definition<String> HANDLER = Definition.of(
                    "handler",
                    ValueTypes.CLASS,
                    "",
                    "The function's class; without it, the one service provider of a type that can be a handler.")
            .forModes(INPROC);

    static final Definition<List<Path>> FUNCTION_PATH = Definition.of(
                    "function_path",
                    ValueTypes.CLASS_PATH,
                    "",
                    "The function's classes, loaded by a class loader of its own; all must exist.")
            .forModes(INPROC);

    static final Definition<Integer> HANDLER_CONCURRENCY = Definition.of(
                    "handler_concurrency",
                    ValueTypes.COUNT,
                    "0",
                    "Requests that run in the handler at once, more wait their turn; 0 is no limit.")
            .forModes(INPROC);

    static final Definition<Map<String, String>> SERVLET_INIT = Definition.of(
                    "servlet_init",
                    ValueTypes.NAMED_VALUES,
                    "",
                    "Init parameters of the servlet and of its context, one on each line.")
            .forModes(INPROC);

    static final Definition<String> FUNCTION_NAME =
            Definition.of("OPENFAAS_NAME", ValueTypes.TEXT, "", "The function's own name. Required with jwt_auth.");

    static final Definition<String> FUNCTION_NAMESPACE = Definition.of(
            "OPENFAAS_NAMESPACE",
            ValueTypes.TEXT,
            "",
            "The function's own namespace, else the text of the file " + NAMESPACE_FILE + ". Required with jwt_auth.");

    /** In the order of the settings table. */
    static final List<Definition<?>> ALL = List.of(
            MODE,
            FPROCESS,
            UPSTREAM,
            PORT,
            METRICS_PORT,
            EXEC_TIMEOUT,
            READ_TIMEOUT,
            WRITE_TIMEOUT,
            HEALTHCHECK_INTERVAL,
            CONTENT_TYPE,
            BUFFER_REQUEST_BODY,
            MAX_INFLIGHT,
            MAX_WAITING,
            HTTP2_MAX_STREAMS,
            LOG_CALL_ID,
            LOG_TRACE_ID,
            PREFIX_LOGS,
            LOG_BUFFER_SIZE,
            LOG_FORMAT,
            READY_PATH,
            STARTUP_WAIT,
            STATIC_PATH,
            STATIC_SPA,
            SUPPRESS_LOCK,
            COMBINED_OUTPUT,
            READ_DEBUG,
            WRITE_DEBUG,
            CGI_HEADERS,
            CGI_RESPONSE,
            JWT_AUTH,
            JWT_AUTH_DEBUG,
            JWT_AUTH_LOCAL,
            JWT_AUTH_AUTHORITY,
            HANDLER,
            FUNCTION_PATH,
            HANDLER_CONCURRENCY,
            SERVLET_INIT,
            FUNCTION_NAME,
            FUNCTION_NAMESPACE);

    private Definitions() {}
}
