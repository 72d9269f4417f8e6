package dev.fnwatchdog.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 6.12. */
class TraceParentTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00-" + TRACE + "-" + SPAN + "-01",
                " 00-" + TRACE + "-" + SPAN + "-00\t",
                "01-" + TRACE + "-" + SPAN + "-01-later",
                "cc-" + TRACE + "-" + SPAN + "-ff"
            })
    void aValidTraceparentHasATraceIdAndASpanId(String value) {
        assertThat(TraceParent.of(List.of(value))).isEqualTo(new TraceParent(TRACE, SPAN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-" + TRACE + "-" + SPAN,
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "01-" + TRACE + "-" + SPAN + "-01more",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-" + SPAN + "-01",
                "00-" + TRACE + "0-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-0g"
            })
    void anInvalidTraceparentIsNone(String value) {
        assertThat(TraceParent.of(List.of(value))).isEqualTo(new TraceParent("", ""));
    }

    @Test
    void twoTraceparentFieldsAreNone() {
        String value = "00-" + TRACE + "-" + SPAN + "-01";

        assertThat(TraceParent.of(List.of(value, value)).traceId()).isEmpty();
        assertThat(TraceParent.of(List.of()).spanId()).isEmpty();
    }
}
