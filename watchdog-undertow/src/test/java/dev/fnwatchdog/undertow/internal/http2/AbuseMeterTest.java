package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** Cancelled streams and idle frames that are free, each second and for each served stream. Proves specification 9.16. */
class AbuseMeterTest {
    private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);

    private final AbuseMeter meter = new AbuseMeter();
    private final long now = System.nanoTime();

    /** Returns how many frames or streams are accepted at one time, before one is too many. */
    private static int accepted(LongPredicate tooMany, long time) {
        int count = 0;
        while (!tooMany.test(time)) {
            count++;
        }
        return count;
    }

    /** Proves specification 9.16. */
    @Test
    void aTenthOfTheCancelledStreamsAndIdleFramesIsFreeEachSecond() {
        assertThat(accepted(meter::cancelled, now)).isEqualTo(2_000);
        assertThat(accepted(meter::idleFrame, now)).isEqualTo(20_000);

        // The one that was too many is paid for as well.
        assertThat(accepted(meter::cancelled, now + A_SECOND)).isEqualTo(199);
        assertThat(accepted(meter::idleFrame, now + A_SECOND)).isEqualTo(1_999);
        assertThat(accepted(meter::cancelled, now + 1_000 * A_SECOND)).isEqualTo(2_000);
    }

    /** Proves specification 9.16. */
    @Test
    void eachServedStreamAllowsFor10CancelledStreamsAnd100IdleFrames() {
        accepted(meter::cancelled, now);
        accepted(meter::idleFrame, now);

        meter.served();
        meter.served();

        assertThat(accepted(meter::cancelled, now)).isEqualTo(19);
        assertThat(accepted(meter::idleFrame, now)).isEqualTo(199);
    }
}
