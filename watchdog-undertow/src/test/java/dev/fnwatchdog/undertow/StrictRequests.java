package dev.fnwatchdog.undertow;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The requests that a strict reader finds in what a client sent.
 *
 * @param whole those that are complete
 * @param end what follows them
 * @param fault what is malformed, or nothing
 * @param length how many bytes the whole ones take
 */
record StrictRequests(List<Request> whole, StrictReader.End end, String fault, int length) {
    // Targets hold bytes that no URI may: clients send them, and servers take them as they are.
    private static final Pattern REQUEST_LINE = Pattern.compile("(\\S+) ([\\x21-\\x7e\\x80-\\xff]+) HTTP/1\\.([0-9])");
    private static final Pattern ABSOLUTE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://([^/?#]+)(/[^?#]*)?(\\?[^#]*)?");
    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._~!$&'()*+,;=%-]*|\\[[0-9A-Fa-fvV:.]+])(:[0-9]*)?");

    /** One request. */
    record Request(String method, String target, boolean persistent, List<StrictReader.Field> fields, String body) {
        /** The target as an origin is sent it: path and query. A query that is empty counts as none. */
        String originTarget() {
            Matcher absolute = ABSOLUTE.matcher(target);
            String origin = target;
            if (absolute.matches()) {
                origin = (absolute.group(2) == null ? "/" : absolute.group(2))
                        + (absolute.group(3) == null ? "" : absolute.group(3));
            }
            return origin.endsWith("?") && origin.indexOf('?') == origin.length() - 1
                    ? origin.substring(0, origin.length() - 1)
                    : origin;
        }

        @Override
        public String toString() {
            return method + " " + target + " with " + body.length() + " bytes";
        }
    }

    static StrictRequests in(String bytes) {
        StrictReader reader = new StrictReader(bytes);
        List<Request> whole = new ArrayList<>();
        int length = 0;
        try {
            while (true) {
                reader.skipEmptyLines();
                if (reader.atEnd()) {
                    return new StrictRequests(whole, StrictReader.End.CLEAN, "", length);
                }
                Request request = request(reader);
                whole.add(request);
                length = reader.position();
                if (!request.persistent()) {
                    return new StrictRequests(whole, StrictReader.End.CLOSED, "", length);
                }
            }
        } catch (StrictReader.IncompleteException incomplete) {
            return new StrictRequests(whole, StrictReader.End.INCOMPLETE, "", length);
        } catch (StrictReader.MalformedException malformed) {
            return new StrictRequests(
                    whole, StrictReader.End.MALFORMED, String.valueOf(malformed.getMessage()), length);
        }
    }

    private static Request request(StrictReader reader)
            throws StrictReader.MalformedException, StrictReader.IncompleteException {
        Matcher line = REQUEST_LINE.matcher(reader.line());
        if (!line.matches() || !StrictReader.isToken(line.group(1))) {
            throw new StrictReader.MalformedException("the request line");
        }
        boolean http10 = line.group(3).equals("0");
        checkTarget(line.group(1), line.group(2));
        List<StrictReader.Field> fields = reader.fields();
        checkHost(http10, StrictReader.values(fields, "Host"));
        String body = body(reader, http10, fields);
        boolean persistent = !StrictReader.lists(fields, "Connection", "close")
                && (!http10 || StrictReader.lists(fields, "Connection", "keep-alive"));
        return new Request(line.group(1), line.group(2), persistent, fields, body);
    }

    private static void checkTarget(String method, String target) throws StrictReader.MalformedException {
        boolean known = target.startsWith("/")
                || (target.equals("*") && method.equals("OPTIONS"))
                || (method.equals("CONNECT") && HOST.matcher(target).matches())
                || ABSOLUTE.matcher(target).matches();
        String path = target.replaceFirst("(?s)\\?.*", "");
        if (!known || BAD_ESCAPE.matcher(path).find()) {
            throw new StrictReader.MalformedException("the target");
        }
    }

    private static void checkHost(boolean http10, List<String> hosts) throws StrictReader.MalformedException {
        if (hosts.size() > 1
                || (hosts.isEmpty() && !http10)
                || hosts.stream().anyMatch(host -> !HOST.matcher(host).matches())) {
            throw new StrictReader.MalformedException("Host");
        }
    }

    private static String body(StrictReader reader, boolean http10, List<StrictReader.Field> fields)
            throws StrictReader.MalformedException, StrictReader.IncompleteException {
        List<String> codings = StrictReader.values(fields, "Transfer-Encoding");
        List<String> lengths = StrictReader.values(fields, "Content-Length");
        if (codings.isEmpty() && lengths.isEmpty()) {
            return "";
        }
        if (codings.size() + lengths.size() > 1) {
            throw new StrictReader.MalformedException("several lengths");
        }
        if (codings.isEmpty()) {
            return reader.take(StrictReader.length(lengths.get(0)));
        }
        if (http10 || !codings.get(0).equalsIgnoreCase("chunked")) {
            throw new StrictReader.MalformedException("the coding");
        }
        return reader.chunks();
    }
}
