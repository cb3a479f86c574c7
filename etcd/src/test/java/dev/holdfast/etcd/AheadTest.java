// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.etcd.Ahead.Step;
import dev.holdfast.etcd.wire.Watching.Deletion;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When it is a key's turn, and when it takes another look to know. */
final class AheadTest {
    private static final long SAID_BEFORE = Long.MAX_VALUE;
    private static final Step WAIT = new Step(false, false, 0, false);
    private static final Step TURN = new Step(true, true, 0, false);

    /** Found at revision 10, and told of what is deleted after revision 10. */
    private static Ahead told(boolean all, String... keys) {
        Ahead ahead = new Ahead("own", List.of(keys), all, 11);
        assertThat(ahead.hears(10, List.of())).isEqualTo(WAIT);
        return ahead;
    }

    private static Step deleted(Ahead ahead, long revision, String... keys) {
        return ahead.hears(
                SAID_BEFORE,
                List.of(keys).stream().map(key -> new Deletion(key, revision)).toList());
    }

    private static Step look(long revision) {
        return new Step(true, false, revision, false);
    }

    @Test
    void lastOfAllIsGone_isTheTurn() {
        Ahead ahead = told(true, "a", "b");
        assertThat(deleted(ahead, 11, "b")).isEqualTo(WAIT);
        assertThat(deleted(ahead, 12, "a")).isEqualTo(TURN);
    }

    @Test
    void theOnlyOneThatIsKnownIsGone_looks() {
        assertThat(deleted(told(false, "a"), 12, "a")).isEqualTo(look(12));
    }

    @Test
    void ownKeyIsGoneToo_looks() {
        assertThat(deleted(told(true, "a"), 12, "a", "own")).isEqualTo(look(12));
    }

    @Test
    void toldLaterThanItWasFound_looksOnce_andAgainWhenTheLastIsGone() {
        Ahead ahead = new Ahead("own", List.of("a"), true, 11);
        assertThat(ahead.hears(13, List.of())).isEqualTo(new Step(false, false, 13, false));
        assertThat(deleted(ahead, 14, "a")).isEqualTo(look(14));
    }

    @Test
    void toldLaterThanItWasFound_butFoundAgain_isTheTurn() {
        Ahead ahead = new Ahead("own", List.of("a", "b"), true, 11);
        assertThat(ahead.hears(13, List.of())).isEqualTo(new Step(false, false, 13, false));
        assertThat(ahead.stands(List.of("a"), true, 14)).isTrue();
        assertThat(deleted(ahead, 14, "a")).isEqualTo(TURN);
    }

    @Test
    void missedWhileNobodyWasTold_isTheTurnAtOnce() {
        Ahead ahead = new Ahead("own", List.of("a"), true, 11);
        assertThat(ahead.hears(7, List.of(new Deletion("other", 9), new Deletion("a", 12))))
                .isEqualTo(TURN);
    }

    @Test
    void deletionThatIsOlderThanTheLook_isOfAKeyThatWasUsedAgain() {
        Ahead ahead = new Ahead("own", List.of("a"), true, 11);
        assertThat(ahead.hears(7, List.of(new Deletion("a", 9)))).isEqualTo(WAIT);
        assertThat(deleted(ahead, 10, "a")).isEqualTo(WAIT);
        assertThat(deleted(ahead, 11, "a")).isEqualTo(TURN);
    }

    @Test
    void olderLookThatComesLate_doesNotMakeTheHolderForgotten() {
        Ahead ahead = told(true, "middle", "holder");
        assertThat(ahead.stands(List.of("middle", "gone-1", "gone-2", "gone-3"), false, 8))
                .isTrue();
        assertThat(deleted(ahead, 12, "middle")).isEqualTo(WAIT);
        assertThat(deleted(ahead, 13, "holder")).isEqualTo(TURN);
    }

    @Test
    void manyOthersComeAndGo_isCrowded() {
        Ahead ahead = told(true, "a");
        for (int i = 0; i < 16; i++) {
            assertThat(deleted(ahead, 20 + i, "other-" + i)).isEqualTo(WAIT);
        }
        assertThat(deleted(ahead, 50, "other")).isEqualTo(new Step(true, false, 50, true));
    }

    @Test
    void manyAtOnce_theLastOfThoseAheadAmongThem_isTheTurn() {
        String[] some = IntStream.range(0, 10).mapToObj(i -> "other-" + i).toArray(String[]::new);
        some[4] = "a";
        assertThat(deleted(told(true, "a"), 12, some)).isEqualTo(TURN);
    }
}
