package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A memory budget and a part of it, as they share the heap (specification 7.20 to 7.22). */
class MemoryBudgetTest {
    private final MemoryBudget whole = new MemoryBudget(1000);
    private final MemoryBudget part = whole.part(500);

    @Test
    void memoryBudgetTakesNothingWhereAnAmountDoesNotFit() {
        assertThat(whole.take(900)).isTrue();
        assertThat(whole.take(101)).isFalse();

        assertThat(whole.taken()).isEqualTo(900);
        assertThat(whole.take(100)).isTrue();
    }

    @Test
    void memoryTakenFromAPartIsTakenFromTheWholeBudgetAndReturnedToBoth() {
        assertThat(part.take(400)).isTrue();
        assertThat(whole.taken()).isEqualTo(400);

        part.giveBack(400);
        assertThat(part.taken()).isZero();
        assertThat(whole.taken()).isZero();
    }

    @Test
    void partOfAMemoryBudgetLeavesTheRestToOthers() {
        assertThat(part.take(501)).isFalse();
        assertThat(part.take(500)).isTrue();

        assertThat(whole.take(500)).isTrue();
    }

    @Test
    void partOfAMemoryBudgetIsRefusedWhereOthersHaveTakenTheWhole() {
        assertThat(whole.take(900)).isTrue();

        assertThat(part.take(101)).isFalse();
        assertThat(part.taken()).isZero();
        assertThat(part.take(100)).isTrue();
    }
}
