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
            "mode",
            ValueTypes.MODE,
            "streaming",
            "How requests reach the function; serialising is accepted for serializing.");

    static final Definition<CommandLine> FPROCESS = Definition.of(
                    "fprocess",
                    ValueTypes.COMMAND,
                    "",
                    "The command of the function process. Split into words as by a POSIX shell, with quotes"
                            + " and backslashes but without expansion. function_process takes precedence over"
                            + " fprocess. Required in these modes.")
            .overridingAlias("function_process")
            .forModes(PROCESS_MODES)
            .asRequired();

    static final Definition<URI> UPSTREAM = Definition.of(
                    "http_upstream_url",
                    ValueTypes.UPSTREAM,
                    "",
                    "The URL on which the function listens: http://host[:port][/path], https://, or h2c://"
                            + " for a server of cleartext HTTP/2. Its path is put before the path of each request."
                            + " http_upstream_url takes precedence over upstream_url. Required in this mode.")
            .alias("upstream_url")
            .forModes(HTTP)
            .asRequired();

    static final Definition<Integer> PORT = Definition.of(
            "port", ValueTypes.PORT, "8080", "The port for requests, health and readiness; 0 chooses any free port.");

    static final Definition<Integer> METRICS_PORT =
            Definition.of("metrics_port", ValueTypes.PORT, "8081", "The port for /metrics; 0 chooses any free port.");

    static final Definition<Duration> EXEC_TIMEOUT = Definition.of(
                    "exec_timeout",
                    ValueTypes.DURATION,
                    "30s",
                    "The maximum duration of a request, until the end of its response; 0 disables it.")
            .forModes(FUNCTION_MODES);

    static final Definition<Duration> READ_TIMEOUT = Definition.of(
            "read_timeout",
            ValueTypes.DURATION,
            "30s",
            "The maximum time in which the client has to send a whole request, from its first byte;"
                    + " 0 disables it.");

    static final Definition<Duration> WRITE_TIMEOUT = Definition.of(
            "write_timeout",
            ValueTypes.DURATION_OVER_ZERO,
            "30s",
            "The maximum time for sending a response, from its first byte, and for draining at"
                    + " shutdown; more than 0s.");

    static final Definition<Duration> HEALTHCHECK_INTERVAL = Definition.of(
            "healthcheck_interval",
            ValueTypes.DURATION,
            // Not a duration, but the name of the setting whose value is used.
            WRITE_TIMEOUT.name(),
            "How long to keep serving after SIGTERM, so that the orchestrator notices the failing probe first.");

    static final Definition<String> CONTENT_TYPE = Definition.of(
                    "content_type",
                    ValueTypes.MEDIA,
                    "application/octet-stream",
                    "The Content-Type of every response; with cgi_response, of responses without one.")
            .forModes(FORKING_MODES);

    static final Definition<Boolean> BUFFER_REQUEST_BODY = Definition.of(
                    "http_buffer_req_body",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Read the whole request body before forwarding it, and send it with Content-Length.")
            .alias("buffer_http")
            .forModes(HTTP);

    static final Definition<Integer> MAX_INFLIGHT = Definition.of(
            "max_inflight",
            ValueTypes.COUNT,
            "0",
            "The maximum number of concurrent requests; further ones get 429. 0 is no limit.");

    static final Definition<Integer> MAX_WAITING = Definition.of(
            "max_waiting",
            ValueTypes.COUNT,
            "0",
            "How many requests beyond max_inflight or handler_concurrency wait, in order of arrival;"
                    + " further ones get 429.");

    static final Definition<Integer> HTTP2_MAX_STREAMS = Definition.of(
            "http2_max_streams",
            ValueTypes.COUNT_OVER_ZERO,
            "250",
            "The maximum number of concurrent requests on one HTTP/2 connection; further ones are"
                    + " refused with REFUSED_STREAM.");

    static final Definition<Boolean> LOG_CALL_ID = Definition.of(
                    "log_callid", ValueTypes.BOOLEAN, "false", "Append X-Call-Id to the log line of each request.")
            .alias("log_call_id");

    static final Definition<Boolean> LOG_TRACE_ID = Definition.of(
            "log_trace_id",
            ValueTypes.BOOLEAN,
            "false",
            "Append the trace id (traceparent) to the log line of each request, in text logs; JSON"
                    + " logs always contain it.");

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
                    "The maximum length of a line of the function's output; longer lines are cut. -1 is no limit.")
            .forModes(FUNCTION_MODES);

    static final Definition<LogConfig.Format> LOG_FORMAT =
            Definition.of("log_format", ValueTypes.LOG_FORMAT, "text", "The format of the watchdog's own log lines.");

    static final Definition<String> READY_PATH = Definition.of(
            "ready_path", ValueTypes.PATH, "", "/_/ready returns the function's own response to GET on this path.");

    static final Definition<Duration> STARTUP_WAIT = Definition.of(
                    "startup_wait",
                    ValueTypes.DURATION,
                    "10s",
                    "How long a request waits for the function to accept its first connection; 0 disables"
                            + " waiting.")
            .forModes(HTTP);

    static final Definition<String> METRICS_UPSTREAM_PATH = Definition.of(
                    "metrics_upstream_path",
                    ValueTypes.PATH,
                    "",
                    "Serve the function's own metrics as /metrics/function on metrics_port; they are"
                            + " requested with GET on this path.")
            .forModes(HTTP);

    static final Definition<Path> STATIC_PATH = Definition.of(
                    "static_path",
                    ValueTypes.DIRECTORY,
                    "/home/app/public",
                    "The folder whose files are served; it must exist.")
            .forModes(STATIC);

    static final Definition<Boolean> STATIC_SPA = Definition.of(
                    "static_spa",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Serve /index.html for unknown paths, for single-page applications.")
            .forModes(STATIC);

    static final Definition<Boolean> SUPPRESS_LOCK = Definition.of(
            "suppress_lock", ValueTypes.BOOLEAN, "false", "Write no lock file, and report health without one.");

    static final Definition<Boolean> COMBINED_OUTPUT = Definition.of(
                    "combined_output",
                    ValueTypes.BOOLEAN,
                    "false",
                    "Include the function's standard error in the response.")
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
                    "Pass the request's method, path, query and header fields to the process as Http_ variables.")
            .forModes(FORKING_MODES);

    static final Definition<Boolean> CGI_RESPONSE = Definition.of(
                    "cgi_response",
                    ValueTypes.BOOLEAN,
                    "false",
                    "The output of the process begins with response fields as in CGI (Status: 404 Not"
                            + " Found), ended by an empty line.")
            .forModes(FORKING_MODES);

    static final Definition<Boolean> JWT_AUTH = Definition.of(
            "jwt_auth",
            ValueTypes.BOOLEAN,
            "false",
            "Serve only requests with a token of the authority that permits this function. Needs OPENFAAS_NAME and"
                    + " OPENFAAS_NAMESPACE.");

    static final Definition<Boolean> JWT_AUTH_DEBUG = Definition.of(
            "jwt_auth_debug", ValueTypes.BOOLEAN, "false", "Log issuer, key ids and claims, but never a token.");

    static final Definition<Boolean> JWT_AUTH_LOCAL = Definition.of(
            "jwt_auth_local",
            ValueTypes.BOOLEAN,
            "false",
            "Use the authority http://127.0.0.1:8080 instead of http://gateway.openfaas:8080.");

    static final Definition<URI> JWT_AUTH_AUTHORITY = Definition.of(
            "jwt_auth_authority",
            ValueTypes.AUTHORITY,
            "",
            "The base URL of the OpenID authority, instead of the two built-in ones.");

    static final Definition<String> HANDLER = Definition.of(
                    "handler",
                    ValueTypes.CLASS,
                    "",
                    "The class of the function. Without it, the function is found through META-INF/services,"
                            + " or is a web application.")
            .forModes(INPROC);

    static final Definition<List<Path>> FUNCTION_PATH = Definition.of(
                    "function_path",
                    ValueTypes.CLASS_PATH,
                    "",
                    "The jars and folders with the function's classes, loaded by a separate class loader;"
                            + " all must exist.")
            .forModes(INPROC);

    static final Definition<Integer> HANDLER_CONCURRENCY = Definition.of(
                    "handler_concurrency",
                    ValueTypes.COUNT,
                    "0",
                    "The maximum number of requests that run in the handler at once; further ones wait. 0 is"
                            + " no limit.")
            .forModes(INPROC);

    static final Definition<Map<String, String>> SERVLET_INIT = Definition.of(
                    "servlet_init",
                    ValueTypes.NAMED_VALUES,
                    "",
                    "Init parameters of the servlet and of its context, one per line.")
            .forModes(INPROC);

    static final Definition<String> FUNCTION_NAME =
            Definition.of("OPENFAAS_NAME", ValueTypes.TEXT, "", "The name of this function. Required with jwt_auth.");

    static final Definition<String> FUNCTION_NAMESPACE = Definition.of(
            "OPENFAAS_NAMESPACE",
            ValueTypes.TEXT,
            "",
            "The namespace of this function; the default is the content of the file " + NAMESPACE_FILE
                    + ". Required with jwt_auth.");

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
            METRICS_UPSTREAM_PATH,
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
