package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.DateUtils;
import java.util.Date;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseDateTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 784111777, 951782399, 951782400, 1772442846, 1798761599, 4102444800L})
    void namesASecondAsUndertowDoes(long epochSecond) {
        assertThat(ResponseDate.OF_NOW.at(epochSecond)).isEqualTo(DateUtils.toDateString(new Date(epochSecond * 1000)));
    }
}
