// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/** The question whether a holder still stands in its line, of which no event told: one of its nodes after the other. In steps of its {@link Place}. */
final class Verification {
    private final Attempt attempt;
    private final Place place;
    private final Answer answer;
    private final long sentNanos = System.nanoTime();

    /** What became of it; that a node is not there is told by the attempt, as whenever that is seen. */
    @FunctionalInterface
    interface Answer {
        void answer(long sentNanos, @Nullable BackendException unknown);
    }

    private Verification(Attempt attempt, Place place, Answer answer) {
        this.attempt = attempt;
        this.place = place;
        this.answer = answer;
    }

    static void of(Attempt attempt, Place place, Answer answer) {
        new Verification(attempt, place, answer).ask(0);
    }

    private void ask(int which) {
        ServerSession session = attempt.session();
        session.window().send(turn -> {
            session.server()
                    .exists(
                            place.path() + "/" + attempt.nodes().get(which),
                            false,
                            (rc, asked, context, stat) -> {
                                turn.answered();
                                place.step(() -> answered(Faults.code(rc), which));
                            },
                            null);
            return true;
        });
    }

    private void answered(Code code, int which) {
        if (code == Code.NONODE) {
            attempt.vanished();
        } else if (code != Code.OK) {
            String name = place.claim().name();
            answer.answer(sentNanos, Faults.unknown(place.client().options(), code, "verify", name));
        } else if (which + 1 < attempt.nodes().size()) {
            ask(which + 1);
        } else {
            answer.answer(sentNanos, null);
        }
    }
}
