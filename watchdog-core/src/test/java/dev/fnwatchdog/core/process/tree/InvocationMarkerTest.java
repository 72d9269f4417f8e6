package dev.fnwatchdog.core.process.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves specification 4.5. */
class InvocationMarkerTest {
    @Test
    void twoInvocationMarkersDiffer() {
        assertThat(InvocationMarker.next(Map.of())).isNotEqualTo(InvocationMarker.next(Map.of()));
    }

    @Test
    void anInvocationMarkerIsFoundInAnEnvironmentOnlyAsAWholeVariable() {
        InvocationMarker marker = new InvocationMarker("a-1");

        assertThat(marker.in("\0PATH=/bin\0Watchdog_Call=a-1\0X=y\0")).isTrue();
        assertThat(marker.in("\0Watchdog_Call=a-1\0\0")).isTrue();
        assertThat(marker.in("\0Watchdog_Call=a-12\0")).isFalse();
        assertThat(marker.in("\0Watchdog_Call=b-a-1\0")).isFalse();
        assertThat(marker.in("\0My_Watchdog_Call=a-1\0")).isFalse();
        assertThat(marker.in("\0X=Watchdog_Call=a-1\0")).isFalse();
        assertThat(marker.in("")).isFalse();
    }

    @Test
    void theMarkerOfANestedWatchdogIsFoundByTheOuterAndTheInnerMarker() {
        InvocationMarker outer = InvocationMarker.next(Map.of());
        InvocationMarker inner = InvocationMarker.next(Map.of(InvocationMarker.NAME, outer.value()));

        assertThat(outer.in("\0Watchdog_Call=" + inner.value() + "\0")).isTrue();
        assertThat(inner.in("\0Watchdog_Call=" + inner.value() + "\0")).isTrue();
        assertThat(inner.in("\0Watchdog_Call=" + outer.value() + "\0")).isFalse();
    }
}
