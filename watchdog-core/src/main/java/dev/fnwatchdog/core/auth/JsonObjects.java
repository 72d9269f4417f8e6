package dev.fnwatchdog.core.auth;

import io.jsonwebtoken.io.AbstractDeserializer;
import io.jsonwebtoken.io.Deserializer;
import io.jsonwebtoken.orgjson.io.OrgJsonDeserializer;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads JSON objects, for jjwt and for the issuer's documents. It is named, since where jjwt would look for one depends on
 * the calling thread's class loader. How deep they may be nested is bounded.
 */
final class JsonObjects extends AbstractDeserializer<Map<String, ?>> {
    static final JsonObjects READER = new JsonObjects();

    private final Deserializer<Object> values = new OrgJsonDeserializer();

    private JsonObjects() {}

    /** @throws IOException where the text is no JSON object; the message does not quote it */
    static Map<String, ?> read(String text) throws IOException {
        try {
            return READER.doDeserialize(new StringReader(text));
        } catch (RuntimeException e) {
            throw new IOException("it is not a JSON object", e);
        }
    }

    @Override
    protected Map<String, ?> doDeserialize(Reader reader) {
        if (!(values.deserialize(reader) instanceof Map<?, ?> object)) {
            throw new IllegalArgumentException("not a JSON object");
        }
        return named(object);
    }

    /** The same members, typed as what they are. */
    static Map<String, ?> named(Map<?, ?> object) {
        Map<String, Object> members = new LinkedHashMap<>();
        object.forEach((name, value) -> members.put(String.valueOf(name), value));
        return members;
    }
}
