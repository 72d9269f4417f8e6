package dev.fnwatchdog.core.process.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.Eventually;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorBudgetTest {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger counts = new AtomicInteger();

    private DescriptorBudget budget(int limit) {
        return new DescriptorBudget(limit, () -> {
            counts.incrementAndGet();
            return open.get();
        });
    }

    /** Proves specification 7.25. */
    @ParameterizedTest(name = "of {0}")
    @CsvSource({"1024, 854, 726", "256, 214, 182", "64, 43, 35", "65536, 65024, 64512"})
    void connectionsGetFewerDescriptorsThanPipesAndBothLeaveAReserve(int limit, int forPipes, int forConnections) {
        DescriptorBudget connections = budget(limit);
        int taken = 0;
        while (connections.takeForConnection()) {
            taken++;
            open.incrementAndGet();
        }
        assertThat(taken).isEqualTo(forConnections);
        while (connections.takeForPipes(1)) {
            taken++;
            open.incrementAndGet();
        }
        assertThat(taken).isEqualTo(forPipes);
    }

    /** Proves specification 7.25. */
    @Test
    void pipesAreTakenWholeOrNotAtAll() {
        DescriptorBudget budget = budget(256);
        open.set(209);

        assertThat(budget.takeForPipes(6)).isFalse();
        assertThat(budget.takeForPipes(5)).isTrue();
        assertThat(budget.takeForPipes(1)).isFalse();
    }

    @Test
    void openDescriptorsAreCountedOnceWhileEnoughAreLeft() {
        DescriptorBudget budget = budget(1024);
        for (int i = 0; i < 700; i++) {
            assertThat(budget.takeForConnection()).isTrue();
        }

        assertThat(counts).hasValue(1);
    }

    @Test
    void aBudgetThatIsUsedUpHasRoomAgainWhenDescriptorsWereClosed() throws Exception {
        DescriptorBudget budget = budget(256);
        open.set(250);
        assertThat(budget.takeForConnection()).isFalse();
        open.set(100);

        Eventually.isTrue("a new count", budget::takeForConnection);

        assertThat(counts.get()).isLessThan(10);
    }

    @Test
    void aDescriptorThatIsGivenBackCanBeTakenAgainWithoutACount() {
        DescriptorBudget budget = budget(256);
        open.set(181);
        assertThat(budget.takeForConnection()).isTrue();
        budget.giveBack();

        assertThat(budget.takeForConnection()).isTrue();
        assertThat(counts).hasValue(1);
    }

    @Test
    void aSystemWithoutLimitsIsNeverCounted() {
        DescriptorBudget budget = budget(DescriptorBudget.parse("Max processes 10 10 processes"));

        assertThat(budget.takeForPipes(1_000_000)).isTrue();
        assertThat(budget.takeForConnection()).isTrue();
        assertThat(counts).hasValue(0);
        assertThat(budget.describeLimit()).isEqualTo("unknown");
    }

    @Test
    void theLimitIsTheSoftOneOfTheSystemsTable() {
        String limits = """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             96410                96411                processes
                Max open files            1024                 1048576              files
                """;

        DescriptorBudget budget = budget(DescriptorBudget.parse(limits));

        assertThat(budget.describeLimit()).isEqualTo("1024");
    }

    @ParameterizedTest(name = "of {0}")
    @CsvSource({"16, 1", "64, 1", "256, 2", "1024, 15", "1048576, 49"})
    void theReserveIsEnoughForTheConcurrentStarts(int limit, int starts) {
        assertThat(budget(limit).concurrentStarts()).isEqualTo(starts);
    }
}
