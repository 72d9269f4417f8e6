package dev.fnwatchdog.core.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 6.11. */
class JsonObjectCheckTest {
    private static boolean isObject(byte[] line) {
        byte[] padded = new byte[line.length + 2];
        System.arraycopy(line, 0, padded, 1, line.length);
        return JsonObjectCheck.isObject(padded, 1, line.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ }  ",
                "{\"a\":1}",
                "{\"a\" : [ ] , \"b\":{},\"c\":[[],{\"d\":[1,2]}]}",
                "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\",\"é😀\":null}",
                "{\"a\":true,\"b\":false,\"c\":null}",
                "{\"a\":[0,-0,1.5,-12.25,1e5,1E-5,0.1e+10]}"
            })
    void aLineThatIsOneJsonObjectIsOne(String line) {
        assertThat(isObject(line.getBytes(UTF_8))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "[]",
                "1",
                "\"a\"",
                " {}",
                "{}{}",
                "{} x",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":[1,]}",
                "{\"a\":[1}",
                "{\"a\":{]}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":1.}",
                "{\"a\":1e}",
                "{\"a\":-}",
                "{\"a\":NaN}",
                "{\"a\":tru}",
                "{\"a\":\"",
                "{\"a\":\"\\",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\u001b\"}",
                "{\"a\":\"\u007f\"}",
                "{\"a\":\"\u009b\"}",
                "{\r}"
            })
    void aLineThatIsNotOneJsonObjectIsNone(String line) {
        assertThat(isObject(line.getBytes(UTF_8))).isFalse();
    }

    @Test
    void anObjectWithBytesThatAreNotUtf8IsNone() {
        assertThat(isObject("{\"a\":\"\u00e9\"}".getBytes(ISO_8859_1))).isFalse();
    }

    @Test
    void anObjectOfUpTo62LevelsIsOneAndADeeperOneIsNot() {
        assertThat(isObject(("{\"a\":" + "[".repeat(61) + "]".repeat(61) + "}").getBytes(UTF_8)))
                .isTrue();
        assertThat(isObject(("{\"a\":" + "[".repeat(62) + "]".repeat(62) + "}").getBytes(UTF_8)))
                .isFalse();
    }
}
