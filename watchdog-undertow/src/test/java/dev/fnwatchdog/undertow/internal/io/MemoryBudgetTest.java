package dev.fnwatchdog.undertow.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A memory budget and a part of it, as they share the heap (specification 7.20 to 7.22). */
class MemoryBudgetTest {
    private final MemoryBudget whole = new MemoryBudget(1000);
    private final MemoryBudget part = whole.part(500);

    @Test
    void memoryBudgetTakesNothingWhereAnAmountDoesNotFit() {
        assertThat(whole.reserve(900)).isTrue();
        assertThat(whole.reserve(101)).isFalse();

        assertThat(whole.reservedBytes()).isEqualTo(900);
        assertThat(whole.reserve(100)).isTrue();
    }

    @Test
    void memoryTakenFromAPartIsTakenFromTheWholeBudgetAndReturnedToBoth() {
        assertThat(part.reserve(400)).isTrue();
        assertThat(whole.reservedBytes()).isEqualTo(400);

        part.release(400);
        assertThat(part.reservedBytes()).isZero();
        assertThat(whole.reservedBytes()).isZero();
    }

    @Test
    void partOfAMemoryBudgetLeavesTheRestToOthers() {
        assertThat(part.reserve(501)).isFalse();
        assertThat(part.reserve(500)).isTrue();

        assertThat(whole.reserve(500)).isTrue();
    }

    @Test
    void partOfAMemoryBudgetIsRefusedWhereOthersHaveTakenTheWhole() {
        assertThat(whole.reserve(900)).isTrue();

        assertThat(part.reserve(101)).isFalse();
        assertThat(part.reservedBytes()).isZero();
        assertThat(part.reserve(100)).isTrue();
    }
}
