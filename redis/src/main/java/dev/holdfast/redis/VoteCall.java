// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.redis.script.ScriptCall;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A call of a script at one of several servers. Every such script answers the server's clock first. */
final class VoteCall extends ScriptCall {
    /** What is asked: in messages, {@code lock} is null if it is about many. */
    record Question(
            Script script,
            int keys,
            Words words,
            String what,
            @Nullable String lock) {}

    /**
     * What became of a call: an answer, or a fault.
     *
     * @param voter who was asked
     * @param reply what he says, or null
     * @param fault why there is no reply, or null
     * @param again whether it was sent twice, because a connection broke under the first one, which may have been done
     */
    record Answer(
            Voter voter, @Nullable Reply reply, @Nullable BackendException fault, boolean again) {
        /** A number after the clock, or -1 if there is no reply. */
        long number(int index) {
            return reply == null ? -1 : reply.number(index + 1);
        }
    }

    private final Voter voter;
    private final Question question;
    private final boolean repeats;
    private final boolean again;
    private final Consumer<Answer> taking;

    private VoteCall(Voter voter, Question question, boolean repeats, boolean again, Consumer<Answer> taking) {
        super(question.script, voter.link(), question.keys, question.words);
        this.voter = voter;
        this.question = question;
        this.repeats = repeats;
        this.again = again;
        this.taking = taking;
    }

    /** Asks once. */
    static void send(Voter voter, Question question, Consumer<Answer> taking) {
        new VoteCall(voter, question, false, false, taking).send();
    }

    /** Asks, and once more if the connection breaks under it. */
    static void sendSurely(Voter voter, Question question, Consumer<Answer> taking) {
        new VoteCall(voter, question, true, false, taking).send();
    }

    @Override
    protected void answered(Reply answer, long sentNanos) {
        voter.heard();
        if (!Shape.isAboutVotes(question.script, question.keys, answer)) {
            taking.accept(new Answer(voter, null, Faults.strange(link(), question.lock, question.what), again));
            return;
        }
        link().clock().answered(sentNanos, answer.number(0));
        taking.accept(new Answer(voter, answer, null, again));
    }

    @Override
    protected void failed(String error) {
        voter.heard();
        taking.accept(new Answer(voter, null, Faults.refused(link(), question.lock, question.what, error), again));
    }

    @Override
    protected void lost(Throwable cause, boolean mayHaveApplied) {
        if (repeats && !again && mayHaveApplied) {
            new VoteCall(voter, question, false, true, taking).send();
        } else {
            taking.accept(new Answer(voter, null, Faults.lost(link(), question.lock, question.what, cause), again));
        }
    }
}
