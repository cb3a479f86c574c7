// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The races that every kind of store must bear: with and without a line, a signal of demand, sessions, and calls that block. So many
 * kinds are not explored completely; {@code -Dholdfast.races=10} plays ten times as many runs of each.
 */
class VariantRaceTest {
    private static final int MANY = Integer.getInteger("holdfast.races", 1);
    private static final Exploration FEW = Exploration.of(4_000L * MANY, 100).withDeviations(4);
    private static final Exploration FAULTY =
            Exploration.of(5_000L * MANY, 100).withFaults(1).withDeviations(3);
    private static final Exploration RANDOM =
            Exploration.of(1_000L * MANY, 300).withFaults(3).withRandom(4);

    enum Kind {
        LINE,
        LINE_WITHOUT_DEMAND,
        LAZY_LINE,
        DEMAND_WITHOUT_LINE,
        POLLED,
        POLLED_WITH_WAKES,
        BLOCKING,
        BLOCKING_LINE,
        SESSIONS,
        BLOCKING_SESSIONS;

        ScriptedStore.Builder store(ScriptedStore.Builder store) {
            return switch (this) {
                case LINE -> store;
                case LINE_WITHOUT_DEMAND -> store.demand(false);
                case LAZY_LINE -> store.prompt(false);
                case DEMAND_WITHOUT_LINE -> store.line(false);
                case POLLED -> store.line(false).demand(false);
                case POLLED_WITH_WAKES -> store.line(false).demand(false).wakes(true);
                case BLOCKING -> store.line(false).demand(false).blocking(true);
                case BLOCKING_LINE -> store.blocking(true);
                case SESSIONS -> store.sessions(Race.LEASE);
                case BLOCKING_SESSIONS ->
                    store.sessions(Race.LEASE).line(false).demand(false).blocking(true);
            };
        }
    }

    private static void everyWay(Exploration.Scenario scenario) {
        Race.explore(FEW, scenario);
        Race.explore(FAULTY, scenario);
        Race.explore(RANDOM, scenario);
    }

    @ParameterizedTest
    @EnumSource
    void cancelAgainstGrant(Kind kind) {
        everyWay(choices -> {
            Race race = new Race(choices, kind::store);
            Client a = race.client("A");
            Client b = race.client("B");
            Attempted held = race.hold(a);
            Attempted waiting = race.acquire(b);
            race.releases(held);
            race.cancels(waiting);
            race.play();
            race.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void timeoutAgainstGrant(Kind kind) {
        everyWay(choices -> {
            Race race = new Race(choices, kind::store);
            Client a = race.client("A");
            Client b = race.client("B");
            Attempted held = race.hold(a);
            race.acquire(b, Duration.ofMillis(50));
            race.releases(held);
            race.play();
            race.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void handovers(Kind kind) {
        everyWay(choices -> {
            Race race = new Race(choices, kind::store);
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
        });
    }

    @ParameterizedTest
    @EnumSource
    void tries(Kind kind) {
        everyWay(choices -> {
            Race race = new Race(choices, kind::store);
            Client a = race.client("A");
            Client b = race.client("B");
            Attempted first = race.attempt(a, a.locks.lock(Race.LOCK).tryAcquireAsync());
            Attempted second = race.attempt(b, b.locks.lock(Race.LOCK).tryAcquireAsync());
            Attempted third = race.acquire(b);
            race.releases(first);
            race.releases(second);
            race.cancels(third);
            race.play();
            race.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void closes(Kind kind) {
        everyWay(choices -> {
            Race race = new Race(choices, kind::store);
            Client a = race.client("A");
            Client b = race.client("B");
            Attempted held = race.hold(a);
            race.acquire(a);
            race.acquire(b);
            race.closes(a);
            race.releases(held);
            race.play();
            race.finish();
        });
    }

    @ParameterizedTest
    @EnumSource
    void takeovers(Kind kind) {
        everyWay(choices -> {
            Race race = new Race(choices, kind::store).expiring().until(Duration.ofSeconds(5));
            Client a = race.client("A", -4_950, Race.OPTIONS);
            Client b = race.client("B", 0, Race.OPTIONS);
            Attempted held = race.hold(a);
            race.acquire(b);
            race.action(a, "is cut off", () -> a.link.silence());
            race.releases(held);
            race.play();
            race.finish();
        });
    }
}
