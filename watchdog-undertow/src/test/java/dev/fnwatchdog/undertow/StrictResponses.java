package dev.fnwatchdog.undertow;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The responses that a strict reader finds in what a server sent.
 *
 * @param whole the final ones that are complete
 * @param end what follows them
 * @param fault what is malformed, or nothing
 */
record StrictResponses(List<Response> whole, StrictReader.End end, String fault) {
    private static final Pattern STATUS_LINE =
            Pattern.compile("HTTP/1\\.[01] ([1-9][0-9]{2}) ([\\t\\x20-\\x7e\\x80-\\xff]*)");

    /** One response. */
    record Response(int status, String reason, List<StrictReader.Field> fields, String body) {}

    /**
     * Reads them.
     *
     * @param closed whether the connection ended behind the bytes
     * @param methods those of the requests, in order; GET for all that follow
     */
    static StrictResponses in(String bytes, boolean closed, List<String> methods) {
        StrictReader reader = new StrictReader(bytes);
        List<Response> whole = new ArrayList<>();
        Iterator<String> method = methods.iterator();
        try {
            while (!reader.atEnd()) {
                whole.add(response(reader, closed, method.hasNext() ? method.next() : "GET"));
            }
            return new StrictResponses(whole, closed ? StrictReader.End.CLOSED : StrictReader.End.CLEAN, "");
        } catch (StrictReader.IncompleteException incomplete) {
            return new StrictResponses(whole, StrictReader.End.INCOMPLETE, "");
        } catch (StrictReader.MalformedException malformed) {
            return new StrictResponses(whole, StrictReader.End.MALFORMED, String.valueOf(malformed.getMessage()));
        }
    }

    private static Response response(StrictReader reader, boolean closed, String method)
            throws StrictReader.MalformedException, StrictReader.IncompleteException {
        while (true) {
            Matcher line = STATUS_LINE.matcher(reader.line());
            if (!line.matches()) {
                throw new StrictReader.MalformedException("the status line");
            }
            int status = Integer.parseInt(line.group(1));
            List<StrictReader.Field> fields = reader.fields();
            if (status == 101) {
                throw new StrictReader.MalformedException("a switch of protocols");
            }
            if (status >= 200) {
                boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
                return new Response(status, line.group(2), fields, bodiless ? "" : body(reader, closed, fields));
            }
        }
    }

    private static String body(StrictReader reader, boolean closed, List<StrictReader.Field> fields)
            throws StrictReader.MalformedException, StrictReader.IncompleteException {
        List<String> codings = StrictReader.values(fields, "Transfer-Encoding");
        List<String> lengths = StrictReader.values(fields, "Content-Length");
        if (codings.size() + lengths.size() > 1) {
            throw new StrictReader.MalformedException("several lengths");
        }
        if (!lengths.isEmpty()) {
            return reader.take(StrictReader.length(lengths.get(0)));
        }
        if (codings.isEmpty()) {
            if (!closed) {
                throw new StrictReader.IncompleteException();
            }
            return reader.rest();
        }
        if (!codings.get(0).equalsIgnoreCase("chunked")) {
            throw new StrictReader.MalformedException("the coding");
        }
        return reader.chunks();
    }
}
