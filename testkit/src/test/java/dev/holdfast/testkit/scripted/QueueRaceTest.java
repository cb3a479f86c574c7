// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Waiters that leave, against the grant that is on its way to them. */
class QueueRaceTest {
    private static final Exploration ALL = Exploration.of(200_000, 80);
    private static final Exploration FAULTY =
            Exploration.of(30_000, 80).withFaults(1).withDeviations(4);

    private static void all(Exploration.Scenario scenario) {
        assertThat(Race.explore(ALL, scenario).exhaustive()).isTrue();
    }

    private static void oneHoldsOneWaits(Choices choices, boolean cancel) {
        Race race = new Race(choices);
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        Attempted waiting = cancel ? race.acquire(b) : race.acquire(b, Duration.ofMillis(500));
        race.releases(held);
        if (cancel) {
            race.cancels(waiting);
        }
        race.play();
        race.finish();
    }

    @Test
    void cancelAgainstGrant() {
        all(choices -> oneHoldsOneWaits(choices, true));
    }

    @Test
    void cancelAgainstGrant_withAFault() {
        Race.explore(FAULTY, choices -> oneHoldsOneWaits(choices, true));
    }

    @Test
    void timeoutAgainstGrant() {
        all(choices -> oneHoldsOneWaits(choices, false));
    }

    @Test
    void timeoutAgainstGrant_withAFault() {
        Race.explore(FAULTY, choices -> oneHoldsOneWaits(choices, false));
    }

    private static void cancelledAtOnce(Choices choices) {
        Race race = new Race(choices);
        Client a = race.client("A");
        Attempted asked = race.acquire(a);
        race.cancels(asked);
        race.releases(asked);
        race.play();
        race.finish();
    }

    @Test
    void cancelAgainstTheFirstRequest() {
        all(QueueRaceTest::cancelledAtOnce);
    }

    @Test
    void withdrawAgainstALateRequest() {
        Race.explore(FAULTY.withFaults(2).withDeviations(6), QueueRaceTest::cancelledAtOnce);
    }

    @Test
    void waitersOfOneClient_cancelAndRelease() {
        all(choices -> {
            Race race = new Race(choices).slow(0);
            Client a = race.client("A");
            Attempted first = race.acquire(a);
            Attempted second = race.acquire(a);
            Attempted third = race.acquire(a);
            race.releases(first);
            race.cancels(second);
            race.releases(second);
            race.cancels(third);
            race.play();
            race.finish();
        });
    }

    private static void twoClientsTwoWaiters(Choices choices) {
        Race race = new Race(choices);
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted first = race.acquire(a);
        Attempted second = race.acquire(a);
        Attempted rival = race.acquire(b);
        race.releases(first);
        race.releases(second);
        race.releases(rival);
        race.play();
        race.finish();
    }

    @Test
    void handoverAgainstContended() {
        Race.explore(Exploration.of(60_000, 80).withDeviations(5), QueueRaceTest::twoClientsTwoWaiters);
    }

    @Test
    void handoverAgainstContended_withAFault() {
        Race.explore(FAULTY, QueueRaceTest::twoClientsTwoWaiters);
    }

    @Test
    void handoverAgainstContended_atRandom() {
        Race.explore(Exploration.of(10_000, 200).withFaults(3).withRandom(1), QueueRaceTest::twoClientsTwoWaiters);
    }

    @Test
    void closeAgainstAcquire() {
        all(choices -> {
            Race race = new Race(choices);
            Client a = race.client("A");
            Attempted asked = race.acquire(a);
            race.closes(a);
            race.releases(asked);
            race.play();
            race.finish();
        });
    }

    private static void closeWithARival(Choices choices) {
        Race race = new Race(choices);
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        race.acquire(a);
        race.acquire(b);
        race.closes(a);
        race.releases(held);
        race.play();
        race.finish();
    }

    @Test
    void closeAgainstHeldAndWaiting() {
        Race.explore(Exploration.of(60_000, 80).withDeviations(5), QueueRaceTest::closeWithARival);
    }

    @Test
    void closeAgainstHeldAndWaiting_withAFault() {
        Race.explore(FAULTY, QueueRaceTest::closeWithARival);
    }

    @Test
    void closeOfTheWaitingClient() {
        Race.explore(FAULTY, choices -> {
            Race race = new Race(choices);
            Client a = race.client("A");
            Client b = race.client("B");
            Attempted held = race.hold(a);
            race.acquire(b);
            race.closes(b);
            race.releases(held);
            race.play();
            race.finish();
        });
    }
}
