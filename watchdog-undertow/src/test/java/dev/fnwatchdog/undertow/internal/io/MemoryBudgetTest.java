package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
    private final MemoryBudget whole = new MemoryBudget(1000);
    private final MemoryBudget part = whole.part(500);

    @Test
    void takes_nothing_of_what_does_not_fit() {
        assertThat(whole.take(900)).isTrue();
        assertThat(whole.take(101)).isFalse();

        assertThat(whole.taken()).isEqualTo(900);
        assertThat(whole.take(100)).isTrue();
    }

    @Test
    void what_is_taken_of_a_part_is_taken_of_the_whole_and_given_back_to_both() {
        assertThat(part.take(400)).isTrue();
        assertThat(whole.taken()).isEqualTo(400);

        part.giveBack(400);
        assertThat(part.taken()).isZero();
        assertThat(whole.taken()).isZero();
    }

    @Test
    void a_part_leaves_the_rest_to_others() {
        assertThat(part.take(501)).isFalse();
        assertThat(part.take(500)).isTrue();

        assertThat(whole.take(500)).isTrue();
    }

    @Test
    void a_part_is_refused_where_others_have_taken_the_whole() {
        assertThat(whole.take(900)).isTrue();

        assertThat(part.take(101)).isFalse();
        assertThat(part.taken()).isZero();
        assertThat(part.take(100)).isTrue();
    }
}
