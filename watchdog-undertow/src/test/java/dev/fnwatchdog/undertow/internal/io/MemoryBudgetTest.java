package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private final MemoryBudget whole = new MemoryBudget(1000);
    private final MemoryBudget part = whole.part(500);

    @Test
    void takes_nothing_of_what_does_not_fit() {
        assertThat(whole.reserve(900)).isTrue();
        assertThat(whole.reserve(101)).isFalse();

        assertThat(whole.reservedBytes()).isEqualTo(900);
        assertThat(whole.reserve(100)).isTrue();
    }

    @Test
    void what_is_taken_of_a_part_is_taken_of_the_whole_and_given_back_to_both() {
        assertThat(part.reserve(400)).isTrue();
        assertThat(whole.reservedBytes()).isEqualTo(400);

        part.release(400);
        assertThat(part.reservedBytes()).isZero();
        assertThat(whole.reservedBytes()).isZero();
    }

    @Test
    void a_part_leaves_the_rest_to_others() {
        assertThat(part.reserve(501)).isFalse();
        assertThat(part.reserve(500)).isTrue();

        assertThat(whole.reserve(500)).isTrue();
    }

    @Test
    void a_part_is_refused_where_others_have_taken_the_whole() {
        assertThat(whole.reserve(900)).isTrue();

        assertThat(part.reserve(101)).isFalse();
        assertThat(part.reservedBytes()).isZero();
        assertThat(part.reserve(100)).isTrue();
    }
}
