// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WindowTest {
    private static final int MOST = 256;

    private final Window window = new Window();
    private final List<String> sent = new ArrayList<>();

    private boolean sends(String request) {
        return sent.add(request);
    }

    private void fill() {
        for (int i = 0; i < MOST; i++) {
            window.send(() -> sends("filling"));
        }
        assertThat(sent).hasSize(MOST);
        sent.clear();
    }

    @Test
    void requests_beyondTheMost_leaveInOrderAsOthersAreAnswered() {
        fill();
        window.send(() -> sends("a"));
        window.send(() -> sends("b"));
        assertThat(sent).isEmpty();
        window.answered();
        assertThat(sent).containsExactly("a");
        window.answered();
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void requestThatGoesOn_isSentBeforeThoseThatWait() {
        fill();
        window.send(() -> sends("a"));
        window.sendNext(() -> sends("first"));
        window.answered();
        assertThat(sent).containsExactly("first");
    }

    @Test
    void requestsThatNobodyWantsAnyMore_takeNoPlace_howeverMany() {
        fill();
        for (int i = 0; i < 100_000; i++) {
            window.send(() -> false);
        }
        window.send(() -> sends("wanted"));
        window.answered();
        assertThat(sent).containsExactly("wanted");
    }

    @Test
    void window_thatWasFull_isFreeAfterwards() {
        fill();
        window.send(() -> false);
        for (int i = 0; i < MOST; i++) {
            window.answered();
        }
        fill();
    }
}
