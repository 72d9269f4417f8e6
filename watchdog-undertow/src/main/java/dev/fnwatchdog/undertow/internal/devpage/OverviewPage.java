package dev.fnwatchdog.undertow.internal.devpage;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/**
 * The page at {@code /_/dev} (specification 13.2, 13.3).
 *
 * @param requests the latest first
 */
record OverviewPage(FunctionState state, List<RecordedRequest> requests, List<ShownSetting> settings) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final double NANOS_PER_MILLI = 1e6;

    void send(HttpServerExchange exchange) {
        Html content = new Html();
        describeVersion(content);
        describeRequests(content);
        describeSettings(content);
        new Page("Function under development", content)
                .reloading(state.token())
                .response(StatusCodes.OK)
                .send(exchange);
    }

    private void describeVersion(Html content) {
        content.element("h2", "Version");
        content.element("p", state.version() == 0 ? "No version has served yet." : "Version " + state.version());
        content.element("p", "Last build: %s, %s".formatted(state.result().text(), time(state.at())));
        if (!state.reason().isEmpty()) {
            content.element("pre", state.reason());
        }
    }

    private void describeRequests(Html content) {
        content.element("h2", "Requests");
        if (requests.isEmpty()) {
            content.element("p", "None yet.");
            return;
        }
        content.raw("<table id=\"requests\">\n");
        heading(content, "Time", "Method", "Path", "Status", "Duration", "Trace id");
        requests.forEach(request -> content.row(List.of(
                time(request.begin()),
                request.method(),
                request.path(),
                Integer.toString(request.status()),
                String.format(Locale.ROOT, "%.1f ms", request.nanos() / NANOS_PER_MILLI),
                request.traceId())));
        content.raw("</table>\n");
    }

    private void describeSettings(Html content) {
        content.element("h2", "Settings").raw("<table id=\"settings\">\n");
        heading(content, "Setting", "Value", "Origin");
        settings.forEach(setting -> content.row(List.of(setting.name(), setting.value(), setting.origin())));
        content.raw("</table>\n");
    }

    private static void heading(Html content, String... columns) {
        content.raw("<tr>");
        List.of(columns).forEach(column -> content.raw("<th>" + column + "</th>"));
        content.raw("</tr>\n");
    }

    private static String time(Instant instant) {
        return TIME.format(instant.atZone(ZoneId.systemDefault()));
    }
}
