// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.holdfast.cli.choice.Facts.Twice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesTest {
    private final Rules rules = Rules.load();

    /** A case that is changed piece by piece: one process, rare short locks, double work is harmless. */
    private static Facts plain() {
        return new Facts(1, 1, 1, Duration.ofSeconds(1), Twice.HARMLESS, false, false, false, false, Set.of());
    }

    private static Facts on(int machines, Twice twice, String... stores) {
        return new Facts(
                machines, machines, 1, Duration.ofSeconds(1), twice, false, false, false, false, Set.of(stores));
    }

    private static String chosen(Advice advice) {
        return advice.chosen() == null ? "nothing" : advice.chosen().words();
    }

    private static List<String> words(List<Advice.Choice> choices) {
        return choices.stream().map(Advice.Choice::words).toList();
    }

    @Test
    void oneProcess_needsNoMoreThanThreads() {
        Advice advice = rules.advise(plain());
        assertThat(chosen(advice)).isEqualTo("memory");
        assertThat(words(advice.others())).containsExactly("file");
    }

    @Test
    void aCronJobOnOneHost_needsAFile() {
        Advice advice = rules.advise(new Facts(
                2, 1, 0.01, Duration.ofMinutes(5), Twice.COSTLY, false, false, false, false, Set.of("redis")));
        assertThat(chosen(advice)).isEqualTo("file");
        assertThat(words(advice.refused())).containsExactly("memory");
    }

    @Test
    void twentyPodsWithPostgresOnly_useIt() {
        Advice advice = rules.advise(on(20, Twice.COSTLY, "postgresql"));
        assertThat(chosen(advice)).isEqualTo("postgresql");
        assertThat(words(advice.refused())).containsExactly("memory", "file");
    }

    @Test
    void sellingSeatsAtFiveThousandASecond_takesRedisInOrderAndTokens() {
        Advice advice = rules.advise(new Facts(
                40,
                10,
                5_000,
                Duration.ofMillis(20),
                Twice.COSTLY,
                true,
                true,
                false,
                true,
                Set.of("redis", "postgresql")));
        assertThat(chosen(advice)).isEqualTo("redis");
        assertThat(words(advice.refused())).contains("postgresql");
        assertThat(words(advice.options())).contains("ordering=arrival");
        assertThat(advice.remarks()).anyMatch(remark -> remark.contains("need no lock"));
    }

    @Test
    void aPaymentThatMustNeverHappenTwice_takesAMajorityAndSaysThatNoLockIsEnough() {
        Advice advice = rules.advise(on(8, Twice.NEVER, "redis", "redis-sentinel", "memcached", "etcd", "postgresql"));
        assertThat(chosen(advice)).isEqualTo("etcd");
        assertThat(words(advice.refused())).contains("redis", "redis-sentinel", "memcached");
        assertThat(advice.remarks()).first().asString().contains("NO LOCK CAN PROMISE THIS");
    }

    @Test
    void twentyHostsWithTheSameCronJob_keepTheLockForLongerThanTheJob() {
        Advice advice = rules.advise(new Facts(
                20, 20, 0.01, Duration.ofMillis(50), Twice.COSTLY, false, false, true, false, Set.of("mariadb")));
        assertThat(chosen(advice)).isEqualTo("mariadb");
        assertThat(words(advice.options())).containsExactly("--no-wait --at-least=30s");
    }

    @Test
    void nothingAtHand_isSaidWithWhatWouldGoWrong() {
        Advice advice = rules.advise(on(2, Twice.NEVER, "memcached"));
        assertThat(advice.chosen()).isNull();
        assertThat(words(advice.refused())).containsExactly("memory", "file", "memcached");
        assertThat(advice.remarks()).isNotEmpty();
    }

    @Test
    void noStoreThatMayLoseLocks_isAdvisedWhereThatMustNotBe() {
        for (String store : rules.names()) {
            Advice advice = rules.advise(on(3, Twice.NEVER, store));
            if (advice.chosen() != null) {
                assertThat(advice.chosen().what().tier()).as(store).isEqualTo("L");
            }
        }
    }

    /** A store without a rank would never be advised, and nobody would notice. */
    @Test
    void everyStore_isAdvisedWhereItIsTheOnlyOneAndNothingIsAtStake() {
        List<String> left = new ArrayList<>(rules.names());
        left.remove("h2");
        for (String store : left) {
            assertThat(chosen(rules.advise(on(2, Twice.HARMLESS, store)))).isEqualTo(store);
        }
        Advice onOne = rules.advise(
                new Facts(2, 1, 1, Duration.ofSeconds(1), Twice.HARMLESS, false, false, false, false, Set.of("h2")));
        assertThat(words(onOne.others())).containsExactly("h2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "refuse nothing when always: there is no such store",
                "refuse memory when moon = full: no such fact",
                "refuse memory when processes ~ 1: no such comparison",
                "refuse memory when token = perhaps: no such word",
                "refuse memory: no condition",
                "rank memory when always: no number",
                "option memory when always: no words",
                "store memory level=thread"
            })
    void aRuleThatIsWrong_isNamedByItsLine(String line) {
        String text = "# a comment\nstore memory level=thread tier=L uri=memory:\n" + line + "\n";
        assertThatIllegalArgumentException().isThrownBy(() -> Rules.parse(text)).withMessageStartingWith("line 3: ");
    }
}
