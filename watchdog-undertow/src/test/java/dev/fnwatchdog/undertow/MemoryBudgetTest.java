package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private final MemoryBudget whole = new MemoryBudget(1000);
    private final MemoryBudget half = whole.half();

    @Test
    void takes_nothing_of_what_does_not_fit() {
        assertThat(whole.take(900)).isTrue();
        assertThat(whole.take(101)).isFalse();

        assertThat(whole.taken()).isEqualTo(900);
        assertThat(whole.take(100)).isTrue();
    }

    @Test
    void what_is_taken_of_the_half_is_taken_of_the_whole_and_given_back_to_both() {
        assertThat(half.take(400)).isTrue();
        assertThat(whole.taken()).isEqualTo(400);

        half.giveBack(400);
        assertThat(half.taken()).isZero();
        assertThat(whole.taken()).isZero();
    }

    @Test
    void the_half_leaves_the_other_half_to_others() {
        assertThat(half.take(501)).isFalse();
        assertThat(half.take(500)).isTrue();

        assertThat(whole.take(500)).isTrue();
    }

    @Test
    void the_half_is_refused_where_others_have_taken_the_whole() {
        assertThat(whole.take(900)).isTrue();

        assertThat(half.take(101)).isFalse();
        assertThat(half.taken()).isZero();
        assertThat(half.take(100)).isTrue();
    }
}
