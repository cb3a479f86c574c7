// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A lease that is lost, against everything else that can happen to it. */
class LossRaceTest {
    private static final Exploration ALL = Exploration.of(400_000, 80);
    private static final Exploration FAULTY =
            Exploration.of(60_000, 80).withFaults(1).withDeviations(4);

    private static void all(Exploration.Scenario scenario) {
        assertThat(Race.explore(ALL, scenario).exhaustive()).isTrue();
    }

    private static void expiry(Choices choices) {
        Race race = new Race(choices).expiring().slow(2).until(Duration.ofSeconds(4));
        Client a = race.client("A", 0, Race.OPTIONS.withAutoRenewal(false));
        Client b = race.client("B", 0, Race.OPTIONS);
        Attempted held = race.hold(a);
        Attempted waiting = race.acquire(b);
        race.releases(held);
        race.releases(waiting);
        race.play();
        race.finish();
        if (!held.losses.isEmpty()) {
            assertThat(held.losses).containsExactly(LeaseLoss.EXPIRED);
        }
    }

    @Test
    void releaseAgainstExpiry() {
        all(LossRaceTest::expiry);
    }

    @Test
    void releaseAgainstExpiry_withAFault() {
        Race.explore(FAULTY, LossRaceTest::expiry);
    }

    private static void handoverAgainstExpiry(Choices choices) {
        Race race = new Race(choices).expiring().slow(2).until(Duration.ofSeconds(4));
        Client a = race.client("A", 0, Race.OPTIONS.withAutoRenewal(false));
        Client b = race.client("B", 0, Race.OPTIONS);
        Attempted held = race.hold(a);
        Attempted local = race.acquire(a);
        Attempted rival = race.acquire(b);
        race.releases(held);
        race.releases(local);
        race.releases(rival);
        race.play();
        race.finish();
    }

    @Test
    void handoverAgainstExpiry() {
        Race.explore(Exploration.of(100_000, 100).withDeviations(6), LossRaceTest::handoverAgainstExpiry);
    }

    @Test
    void handoverAgainstExpiry_atRandom() {
        Race.explore(Exploration.of(20_000, 200).withFaults(3).withRandom(2), LossRaceTest::handoverAgainstExpiry);
    }

    private static void forcedOut(Choices choices, boolean pushes, boolean now) {
        Race race = new Race(choices, store -> store.lossPushes(pushes)).until(Duration.ofSeconds(2));
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        race.releases(held);
        Attempted waiting = race.acquire(b);
        race.operator("force", () -> race.store.change(records -> records.force(Race.LOCK, now)));
        race.releases(waiting);
        race.play();
        race.finish();
        if (!held.losses.isEmpty()) {
            assertThat(held.losses).containsExactly(LeaseLoss.TAKEN_OVER);
            assertThat(held.result).isEqualTo(ReleaseResult.ALREADY_LOST);
        }
    }

    @Test
    void releaseAgainstForcedRelease() {
        for (boolean pushes : List.of(false, true)) {
            for (boolean now : List.of(false, true)) {
                all(choices -> forcedOut(choices, pushes, now));
                Race.explore(FAULTY, choices -> forcedOut(choices, pushes, now));
            }
        }
    }

    @Test
    void releaseAgainstRemoval() {
        all(choices -> {
            Race race = new Race(choices).until(Duration.ofSeconds(2));
            Client a = race.client("A");
            Attempted held = race.hold(a);
            race.releases(held);
            race.operator("remove", () -> race.store.remove(Race.LOCK));
            race.play();
            race.finish();
            if (held.losses.isEmpty()) {
                assertThat(held.result).isNotEqualTo(ReleaseResult.UNCONFIRMED);
            } else {
                assertThat(held.losses).containsExactly(LeaseLoss.TAKEN_OVER);
                assertThat(race.millis()).isGreaterThanOrEqualTo(875);
            }
        });
    }

    private static void renewalAgainstRelease(Choices choices) {
        Race race = new Race(choices).slow(3).until(Duration.ofMillis(1_500));
        Client a = race.client("A");
        Client b = race.client("B");
        Attempted held = race.hold(a);
        Attempted waiting = race.acquire(b);
        race.releases(held);
        race.releases(waiting);
        race.play();
        race.finish();
        assertThat(held.losses).isEmpty();
    }

    @Test
    void renewalAgainstRelease() {
        Race.explore(Exploration.of(200_000, 80).withDeviations(6), LossRaceTest::renewalAgainstRelease);
    }

    @Test
    void renewalAgainstRelease_withAFault() {
        Race.explore(FAULTY, LossRaceTest::renewalAgainstRelease);
    }

    private static void takeover(Choices choices, long storePpm, long aPpm, long bPpm, boolean prompt) {
        Race race = new Race(choices, store -> store.clockRate(storePpm).prompt(prompt))
                .expiring()
                .slow(1)
                .until(Duration.ofSeconds(6));
        Client a = race.client("A", aPpm, Race.OPTIONS);
        Client b = race.client("B", bPpm, Race.OPTIONS);
        Attempted held = race.hold(a);
        Attempted rival = race.acquire(b);
        race.action(a, "is cut off", () -> a.link.silence());
        race.releases(held);
        race.play();
        race.finish();
        if (!held.losses.isEmpty()) {
            assertThat(held.losses).containsExactly(LeaseLoss.BACKEND_UNREACHABLE);
        }
        // Without an answer for a lease time, it says so.
        assertThat(rival.heldWhenGiven || rival.failure() instanceof BackendException)
                .isTrue();
    }

    @Test
    void takeoverFromAClientThatIsCutOff() {
        for (long store : List.of(0L, 5_000L, -5_000L)) {
            for (boolean prompt : List.of(true, false)) {
                Exploration bounds = Exploration.of(20_000, 80).withDeviations(4);
                Race.explore(bounds, choices -> takeover(choices, store, -4_950, 4_950, prompt));
                Race.explore(bounds, choices -> takeover(choices, store, 4_950, -4_950, prompt));
            }
        }
    }

    @Test
    void takeoverFromAClientThatIsCutOff_atRandom() {
        Race.explore(
                Exploration.of(20_000, 200).withFaults(3).withRandom(3),
                choices -> takeover(choices, 5_000, -4_950, -4_950, true));
    }
}
