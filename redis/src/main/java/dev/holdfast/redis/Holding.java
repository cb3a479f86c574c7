// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.LockInfo;
import dev.holdfast.redis.VoteCall.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whoever has, or may have, the votes of most servers, and what they say about him. */
final class Holding {
    private final Voters voters;
    private final List<Answer> votes;

    private Holding(Voters voters, List<Answer> votes) {
        this.voters = voters;
        this.votes = votes;
    }

    /** The holder in what servers answered; those that said nothing may have his vote. Null if there is none. */
    static @Nullable Holding of(Voters voters, List<Answer> answers) {
        Map<String, List<Answer>> byVote = new HashMap<>();
        for (Answer answer : answers) {
            String value = value(answer);
            if (value != null) {
                byVote.computeIfAbsent(voteIn(value), any -> new ArrayList<>()).add(answer);
            }
        }
        List<Answer> most = List.of();
        for (List<Answer> votes : byVote.values()) {
            if (votes.size() > most.size()) {
                most = votes;
            }
        }
        int silent = voters.count() - answers.size();
        return most.isEmpty() || most.size() + silent < voters.quorum() ? null : new Holding(voters, most);
    }

    private static @Nullable String value(Answer answer) {
        return answer.reply() == null ? null : answer.reply().text(0);
    }

    /** A vote of ours is the same although not every server has been told the fence yet. */
    private static String voteIn(String value) {
        return isOurs(value) ? value.split("\\|", 3)[1] : value;
    }

    private static boolean isOurs(String value) {
        return (value.startsWith("hf1|") || value.startsWith("hf0|")) && value.split("\\|", 5).length == 5;
    }

    private String anyValue() {
        return String.valueOf(value(votes.get(0)));
    }

    /** Whether the holder uses this library. */
    boolean isOurs() {
        return isOurs(anyValue()) && !voteIn(anyValue()).isEmpty();
    }

    /** Whether this is the first server that has his vote. */
    boolean isToldBy(Voter voter) {
        return votes.stream().mapToInt(vote -> vote.voter().index()).min().orElse(-1) == voter.index();
    }

    LockInfo info(String name) {
        LockInfo.Builder info = LockInfo.of(name);
        long left = millisLeft();
        if (left >= 0) {
            info.remaining(Duration.ofMillis(left));
        }
        if (!isOurs()) {
            return info.build();
        }
        String label = anyValue().split("\\|", 5)[4];
        info.ownerLabel(
                votes.size() == voters.count()
                        ? label
                        : label + " (on " + votes.size() + " of " + voters.count() + " servers)");
        long fence = 0;
        for (Answer vote : votes) {
            fence = Math.max(fence, Long.parseLong(String.valueOf(value(vote)).split("\\|", 5)[2]));
        }
        if (fence > 0) {
            info.revision(fence).since(Instant.EPOCH.plus(fence, ChronoUnit.MICROS));
        }
        return info.build();
    }

    /** Until he has no longer the votes of most, if he renews none; -1 if those do not end. */
    private long millisLeft() {
        List<Long> left = new ArrayList<>();
        for (Answer vote : votes) {
            left.add(vote.number(0) < 0 ? Long.MAX_VALUE : vote.number(0));
        }
        left.sort(Collections.reverseOrder());
        long last = left.get(Math.min(voters.quorum(), left.size()) - 1);
        return last == Long.MAX_VALUE ? -1 : last;
    }
}
