// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.junit.jupiter.api.Test;

final class WindowTest {
    private static final int FIRST = 32;
    private static final int WIDEST = 256;
    private static final int NARROWEST = 8;
    private static final int MANY = 100_000;
    private static final long IN_TIME = 100;

    private final Deque<Window.Turn> underWay = new ArrayDeque<>();
    private final List<String> sent = new ArrayList<>();
    private boolean over;
    private long now = 1_000;
    private final Window window = new Window(() -> over, () -> IN_TIME, () -> now);

    private Window.Request request(String name) {
        return turn -> {
            underWay.add(turn);
            return sent.add(name);
        };
    }

    private void ask(int requests) {
        for (int i = 0; i < requests; i++) {
            window.send(request("filling"));
        }
    }

    private void fill() {
        ask(FIRST);
        assertThat(sent).hasSize(FIRST);
        sent.clear();
    }

    private void answer() {
        underWay.remove().answered(Code.OK);
    }

    private void answerAllAfter(long nanos) {
        now += nanos;
        for (int count = underWay.size(); count > 0; count--) {
            answer();
        }
    }

    @Test
    void requests_beyondTheWidth_leaveInOrderAsOthersAreAnswered() {
        fill();
        window.send(request("a"));
        window.send(request("b"));
        assertThat(sent).isEmpty();
        answer();
        assertThat(sent).containsExactly("a");
        answer();
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void requestThatGoesOn_isSentBeforeThoseThatWait() {
        fill();
        window.send(request("a"));
        window.sendNext(request("first"));
        window.sendNext(request("second"));
        answer();
        answer();
        answer();
        assertThat(sent).containsExactly("first", "second", "a");
    }

    @Test
    void requestsThatNobodyWantsAnyMore_takeNoPlace_howeverMany() {
        fill();
        for (int i = 0; i < MANY; i++) {
            window.send(turn -> false);
        }
        window.send(request("wanted"));
        answer();
        assertThat(sent).containsExactly("wanted");
    }

    @Test
    void requestsThatAreAnsweredAtOnce_howeverMany_areSentOneAfterTheOther() {
        fill();
        for (int i = 0; i < MANY; i++) {
            window.send(turn -> {
                turn.answered(Code.OK);
                return true;
            });
        }
        window.send(request("last"));
        answer();
        assertThat(sent).containsExactly("last");
    }

    @Test
    void answersInTime_widenItByAndBy_toTheWidest() {
        ask(MANY);
        assertThat(underWay).hasSize(FIRST);
        answerAllAfter(IN_TIME);
        assertThat(underWay).hasSize(FIRST + FIRST / 4);
        for (int i = 0; i < 20; i++) {
            answerAllAfter(IN_TIME);
        }
        assertThat(underWay).hasSize(WIDEST);
    }

    @Test
    void answersThatAreLate_halveIt_onceForThoseThatWereUnderWayTogether() {
        ask(MANY);
        answerAllAfter(IN_TIME + 1);
        assertThat(underWay).hasSize(FIRST / 2);
        answerAllAfter(IN_TIME + 1);
        assertThat(underWay).hasSize(NARROWEST);
        answerAllAfter(IN_TIME + 1);
        assertThat(underWay).hasSize(NARROWEST);
        answerAllAfter(IN_TIME);
        assertThat(underWay).hasSize(NARROWEST + 2);
    }

    @Test
    void answersThatGetLost_sayNothing() {
        ask(MANY);
        for (int i = 0; i < MANY / 2; i++) {
            underWay.remove().answered(Code.CONNECTIONLOSS);
        }
        assertThat(underWay).hasSize(FIRST);
        now += IN_TIME + 1;
        underWay.remove().answered(Code.CONNECTIONLOSS);
        assertThat(underWay).hasSize(FIRST);
    }

    @Test
    void requestThatFails_holdsNobodyUp() {
        fill();
        window.send(turn -> {
            throw new IllegalStateException("a defect");
        });
        window.send(request("a"));
        window.send(request("b"));
        assertThatThrownBy(this::answer).hasMessage("a defect");
        answer();
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void sessionThatIsOver_isSentNothingMore() {
        fill();
        window.send(request("waiting"));
        over = true;
        answerAllAfter(0);
        window.send(request("late"));
        assertThat(sent).isEmpty();
    }
}
