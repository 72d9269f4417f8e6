package dev.fnwatchdog.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Lifecycle.State;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final Lifecycle lifecycle = new Lifecycle();

    @Test
    void theLifecycleAcceptsOnlyBetweenStartupAndShutdown() {
        assertThat(lifecycle.state()).isEqualTo(State.STARTING);
        assertThat(lifecycle.accepting()).isFalse();

        assertThat(lifecycle.toAccepting()).isTrue();
        assertThat(lifecycle.accepting()).isTrue();
        assertThat(lifecycle.stopping()).isFalse();

        assertThat(lifecycle.toDraining()).isTrue();
        assertThat(lifecycle.accepting()).isFalse();
        assertThat(lifecycle.stopping()).isTrue();

        assertThat(lifecycle.toStopped()).isTrue();
        assertThat(lifecycle.state()).isEqualTo(State.STOPPED);
        assertThat(lifecycle.stopping()).isTrue();
    }

    @Test
    void theLifecycleStaysDrainingWhereTheStartupCompletesAfterTheShutdownBegan() {
        lifecycle.toDraining();

        assertThat(lifecycle.toAccepting()).isFalse();
        assertThat(lifecycle.state()).isEqualTo(State.DRAINING);
    }

    @Test
    void onlyTheFirstCallOfALifecycleTransitionSucceeds() {
        assertThat(lifecycle.toDraining()).isTrue();
        assertThat(lifecycle.toDraining()).isFalse();
        assertThat(lifecycle.toStopped()).isTrue();
        assertThat(lifecycle.toStopped()).isFalse();
        assertThat(lifecycle.toDraining()).isFalse();
    }
}
