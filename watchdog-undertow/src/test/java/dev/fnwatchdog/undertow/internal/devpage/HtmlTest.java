package dev.fnwatchdog.undertow.internal.devpage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves specification 13.5. */
class HtmlTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<script>&amp;|&lt;script&gt;&amp;amp;",
                "\" onload='x'|&quot; onload=&#39;x&#39;",
                "für 😀|für 😀",
            })
    void textIsEscapedForElementsAndAttributes(String text, String markup) {
        assertThat(new Html().text(text)).hasToString(markup);
    }

    @Test
    void controlCharactersAndChangesOfDirectionAreReplaced() {
        assertThat(new Html().text("a\u0000\u001b[31m\u202eb\r\n\tc\ud800"))
                .hasToString("a\ufffd\ufffd[31m\ufffdb\n\tc\ufffd");
    }

    @Test
    void aRowHasEscapedCells() {
        assertThat(new Html().row(List.of("<a>", ""))).hasToString("<tr><td>&lt;a&gt;</td><td></td></tr>\n");
    }
}
