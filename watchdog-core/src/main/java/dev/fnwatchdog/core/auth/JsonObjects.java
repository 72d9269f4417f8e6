package dev.fnwatchdog.core.auth;

import io.jsonwebtoken.io.AbstractDeserializer;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.json.JSONObject;
import org.json.JSONParserConfiguration;
import org.json.JSONTokener;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON objects, for jjwt and for the issuer's documents. It is named, since where jjwt would look for one depends on
 * the calling thread's class loader. It accepts what RFC 8259 calls JSON and no more, and no name twice in one object: two
 * readers of a lenient text could disagree about it. How deep objects may be nested is bounded.
 */
final class JsonObjects extends AbstractDeserializer<Map<String, ?>> {
    static final JsonObjects READER = new JsonObjects();

    /** Members of a token that jjwt takes for points in time (RFC 7519, 2: NumericDate), to the end of the year 9999. */
    private static final List<String> TIMES = List.of("exp", "nbf", "iat");

    private static final double LAST_SECOND = 253_402_300_799.0;

    private final JSONParserConfiguration strict = new JSONParserConfiguration().withStrictMode();

    private JsonObjects() {}

    /** @throws IOException where the text is no JSON object; the message does not quote it */
    static Map<String, ?> read(String text) throws IOException {
        try {
            return READER.parse(text);
        } catch (RuntimeException e) {
            throw new IOException("it is not a JSON object", e);
        }
    }

    /** The header or the claims of a token. */
    @Override
    protected Map<String, ?> doDeserialize(Reader reader) throws IOException {
        StringWriter text = new StringWriter();
        reader.transferTo(text);
        Map<String, ?> members = parse(text.toString());
        TIMES.forEach(name -> checkTime(members.get(name)));
        return members;
    }

    private Map<String, ?> parse(String text) {
        JsonSyntax.check(text);
        return new JSONObject(new JSONTokener(new StringReader(text), strict), strict).toMap();
    }

    /** Beyond these jjwt's milliseconds overflow: a time in the far future would be one in the past. */
    private static void checkTime(@Nullable Object time) {
        boolean sane =
                time == null || (time instanceof Number seconds && Math.abs(seconds.doubleValue()) <= LAST_SECOND);
        if (!sane) {
            throw new IllegalArgumentException("a time that is not a number of seconds");
        }
    }

    /** The same members, typed as what they are. */
    static Map<String, ?> withStringNames(Map<?, ?> object) {
        Map<String, Object> members = new LinkedHashMap<>();
        object.forEach((name, value) -> members.put(String.valueOf(name), value));
        return members;
    }
}
