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
    private long sentNanos;

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
        // One that waits for its turn is asked later than now, and so answers this, too.
        if (attempt.awaitsVerification(true)) {
            return;
        }
        Verification asked = new Verification(attempt, place, answer);
        attempt.session().window().send(turn -> {
            attempt.awaitsVerification(false);
            asked.sentNanos = System.nanoTime();
            return asked.ask(turn, 0);
        });
    }

    private boolean ask(Window.Turn turn, int which) {
        if (attempt.isUnwanted()) {
            return false;
        }
        attempt.session()
                .server()
                .exists(
                        place.path() + "/" + attempt.nodes().get(which),
                        false,
                        (rc, asked, context, stat) -> {
                            turn.answered(Faults.code(rc));
                            place.step(() -> answered(Faults.code(rc), which));
                        },
                        null);
        return true;
    }

    private void answered(Code code, int which) {
        if (attempt.isUnwanted()) {
            return;
        }
        if (code == Code.NONODE) {
            attempt.vanished();
        } else if (code != Code.OK) {
            String name = place.claim().name();
            answer.answer(sentNanos, Faults.unknown(place.client().options(), code, "verify", name));
        } else if (which + 1 < attempt.nodes().size()) {
            attempt.session().window().sendNext(turn -> ask(turn, which + 1));
        } else {
            answer.answer(sentNanos, null);
        }
    }
}
