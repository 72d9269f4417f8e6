package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class CallMarkerTest {
    @Test
    void isLikeNoOther() {
        assertThat(CallMarker.next(Map.of())).isNotEqualTo(CallMarker.next(Map.of()));
    }

    @Test
    void isFoundAsAWholeVariableOnly() {
        CallMarker marker = new CallMarker("a-1");

        assertThat(marker.in("\0PATH=/bin\0Watchdog_Call=a-1\0X=y\0")).isTrue();
        assertThat(marker.in("\0Watchdog_Call=a-1\0\0")).isTrue();
        assertThat(marker.in("\0Watchdog_Call=a-12\0")).isFalse();
        assertThat(marker.in("\0Watchdog_Call=b-a-1\0")).isFalse();
        assertThat(marker.in("\0My_Watchdog_Call=a-1\0")).isFalse();
        assertThat(marker.in("\0X=Watchdog_Call=a-1\0")).isFalse();
        assertThat(marker.in("")).isFalse();
    }

    @Test
    void ofAWatchdogWithinAFunctionIsFoundByBoth() {
        CallMarker outer = CallMarker.next(Map.of());
        CallMarker inner = CallMarker.next(Map.of(CallMarker.NAME, outer.value()));

        assertThat(outer.in("\0Watchdog_Call=" + inner.value() + "\0")).isTrue();
        assertThat(inner.in("\0Watchdog_Call=" + inner.value() + "\0")).isTrue();
        assertThat(inner.in("\0Watchdog_Call=" + outer.value() + "\0")).isFalse();
    }
}
