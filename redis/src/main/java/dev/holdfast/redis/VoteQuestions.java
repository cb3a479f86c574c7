// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.VoteCall.Question;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Claim;

/** What servers are asked about one claim, in words. */
final class VoteQuestions {
    private static final long MILLI = 1_000_000L;

    /** Redis counts time in milliseconds and looks at its clock before it runs a command, so a vote lasts a little longer than the lease. */
    private static final long GRAIN = 2;

    private final KeyLayout keys;
    private final String id;
    private final String name;
    private final String client;
    private final String label;
    private final long leaseMillis;

    VoteQuestions(Claim claim, String client) {
        keys = KeyLayout.of(claim.key());
        id = claim.id();
        name = claim.name();
        this.client = client;
        label = claim.ownerLabel();
        leaseMillis = (claim.leaseNanos() + MILLI - 1) / MILLI + GRAIN;
    }

    KeyLayout keys() {
        return keys;
    }

    long leaseMillis() {
        return leaseMillis;
    }

    /** What stands in the votes of an attempt. */
    String vote(int attempt) {
        return id + "." + attempt;
    }

    private Words words() {
        return new Words(256).add(keys.lock()).add(keys.fence());
    }

    private Question question(Script script, Words words, String what) {
        return new Question(script, 2, words, what, name);
    }

    /** For a vote, if it is given before the server's clock shows a time. */
    Question ask(int attempt, long byMicros) {
        Words words = words().add(id)
                .add(attempt)
                .add(leaseMillis)
                .add(client)
                .add(label)
                .add(byMicros);
        return question(Script.VOTE, words, "ask for");
    }

    Question writeFence(int attempt, long fence) {
        Words words = words().add(vote(attempt)).add(fence).add(client).add(label);
        return question(Script.WRITE_FENCE, words, "ask for");
    }

    Question repair(int attempt, long fence, long byMicros) {
        Words words = words().add(vote(attempt))
                .add(fence)
                .add(client)
                .add(label)
                .add(leaseMillis)
                .add(byMicros);
        return question(Script.REPAIR, words, "renew");
    }

    /** Takes back all votes up to an attempt. */
    Question takeBack(int attempt, long fence) {
        return question(Script.TAKE_BACK, words().add(id).add(attempt).add(fence), "release");
    }
}
