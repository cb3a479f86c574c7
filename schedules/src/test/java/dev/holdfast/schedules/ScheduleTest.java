// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.schedules.scene.Race;
import dev.holdfast.testkit.scripted.Exploration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Races of real threads in the engine. Each is run in every order of steps with one deviation from "on with the same thread", and in
 * samples with more preemptions, the same ones in every build. A failure prints its order as a line for {@link Exploration#replay} and
 * tells who did what where.
 */
@Timeout(120)
final class ScheduleTest {
    private static final int DEPTH = 2_000;
    private static final int PREEMPTIONS = 3;
    private static final Exploration ONE_DEVIATION =
            Exploration.of(20_000, DEPTH).withDeviations(1);
    private static final Exploration SAMPLES = Exploration.of(3_000, DEPTH).withRandom(20_250_101);

    private static Scenario woven(Race race, Weaver weaver) throws ClassNotFoundException {
        for (Scenario each : weaver.woven(Race.class, Scenario.class).getEnumConstants()) {
            if (each.toString().equals(race.name())) {
                return each;
            }
        }
        throw new IllegalStateException("no race " + race);
    }

    private static Exploration.Scenario everyStep(Scenario race) {
        return choices -> race.run(new Turns(choices));
    }

    private static Exploration.Scenario sampled(Scenario race, int steps) {
        return choices -> race.run(new Turns(choices, PREEMPTIONS, steps));
    }

    private static void explore(Scenario race) {
        Exploration.Result every = ONE_DEVIATION.run(everyStep(race));
        assertThat(every.exhaustive()).isTrue();
        assertThat(every.runs()).isGreaterThan(30);
        int steps = every.longest();
        try {
            SAMPLES.run(sampled(race, steps));
        } catch (AssertionError e) {
            throw new AssertionError("In sampled(race, " + steps + "): " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void race_inManyOrders_keepsThePromises(Race race) throws Exception {
        explore(woven(race, new Weaver(null)));
    }

    @ParameterizedTest
    @EnumSource
    void defect_planted_isCaught(Defect defect) throws Exception {
        Weaver weaver = new Weaver(defect);
        Scenario race = woven(defect.caughtBy, weaver);
        assertThatThrownBy(() -> explore(race))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Replay it with");
        assertThat(weaver.isPlanted()).isTrue();
    }

    @Test
    void threadThatNobodyWakes_isFound() {
        Scenario sleeper = turns -> {
            turns.actor("sleeper", () -> Woven.park(turns));
            turns.play();
        };
        assertThatThrownBy(() -> ONE_DEVIATION.run(everyStep(sleeper)))
                .hasMessageContaining("nobody can go on")
                .hasMessageContaining("sleeper waits for park");
    }
}
