package dev.fnwatchdog.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {
    @Test
    void everyUnicodeCharacterIsDecodedFromUtf8AndEncodedAgain() {
        LineBuffer written = new LineBuffer(4);
        for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
            boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
            if (!surrogate) {
                written.clear(4);
                written.codePoint(codePoint);
                assertThat(Utf8.codePoint(bytes, 0, bytes.length)).isEqualTo(codePoint);
                assertThat(Utf8.length(codePoint)).isEqualTo(bytes.length).isEqualTo(written.size());
                assertThat(written.array()).startsWith(bytes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80",
                "bf",
                "c0af",
                "c1bf",
                "c3",
                "c328",
                "e0809f",
                "e282",
                "e28228",
                "eda080",
                "edbfbf",
                "f0808080",
                "f09f98",
                "f4908080",
                "f5808080",
                "ff",
                "fe"
            })
    void bytesThatAreNotACompleteUtf8CharacterInShortestFormAreRefused(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(Utf8.codePoint(bytes, 0, bytes.length)).isEqualTo(-1);
    }
}
