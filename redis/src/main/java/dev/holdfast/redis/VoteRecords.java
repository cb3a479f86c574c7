// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.LockInfo;
import dev.holdfast.redis.Tally.Vote;
import dev.holdfast.redis.VoteCall.Answer;
import dev.holdfast.redis.VoteCall.Question;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.RefusedException;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Page;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What operators ask several servers: who holds a lock, which locks are held, and to take one away. */
final class VoteRecords {
    private static final int PAGE = 200;
    private static final long ENDLESS = 2;

    /** Operators' calls do without those that answer no sooner. */
    private static final long PATIENCE = 200_000_000L;

    private final Voters voters;

    VoteRecords(Voters voters) {
        this.voters = voters;
    }

    /** Asks all, and returns what they answered in time. Fails if that is less than most. */
    private CompletableFuture<List<Answer>> askAll(Question question) {
        ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();
        Mailbox mailbox = new Mailbox();
        Tally tally = new Tally(voters);
        CompletableFuture<List<Answer>> future = new CompletableFuture<>();
        voters.all().forEach(voter -> tally.set(voter, Vote.ASKED));
        Runnable finish = () -> {
            if (tally.isWon()) {
                future.complete(List.copyOf(answers));
            } else {
                future.completeExceptionally(tally.fault(question.lock(), "be looked at (" + question.what() + ")"));
            }
        };
        for (Voter voter : voters.all()) {
            VoteCall.send(
                    voter,
                    question,
                    answer -> mailbox.post(() -> {
                        if (answer.reply() == null) {
                            tally.set(voter, Vote.FAULT, answer.fault());
                        } else {
                            answers.add(answer);
                            tally.set(voter, Vote.YES);
                        }
                        if (tally.count(Vote.ASKED) == 0 || (tally.isWon() && !isAwaited(tally))) {
                            finish.run();
                        }
                    }));
        }
        voters.schedule(
                () -> mailbox.post(() -> {
                    tally.closes(PATIENCE / 1_000_000);
                    finish.run();
                }),
                PATIENCE);
        return future;
    }

    /** Whether one that has not answered usually does. */
    private boolean isAwaited(Tally tally) {
        return voters.all().stream().anyMatch(voter -> tally.get(voter) == Vote.ASKED && voter.isResponsive());
    }

    CompletionStage<@Nullable LockInfo> inspect(String key) {
        return look(key).thenApply(holding -> holding == null ? null : holding.info(key));
    }

    private CompletableFuture<@Nullable Holding> look(String name) {
        Words words = new Words(96).add(KeyLayout.lockKey(name));
        return askAll(new Question(Script.LOOK, 1, words, "inspect", name))
                .thenApply(answers -> Holding.of(voters, answers));
    }

    CompletionStage<Boolean> forceRelease(String key, boolean now) {
        Words words = new Words(96).add(KeyLayout.lockKey(key)).add(now ? "1" : "0");
        return askAll(new Question(Script.REVOKE, 1, words, "force the release of", key))
                .thenApply(answers -> forced(key, answers));
    }

    private boolean forced(String key, List<Answer> answers) {
        int done = 0;
        int endless = 0;
        for (Answer answer : answers) {
            done += answer.number(0) == 1 ? 1 : 0;
            endless += answer.number(0) == ENDLESS ? 1 : 0;
        }
        if (endless > voters.count() - voters.quorum()) {
            throw BackendException.fatal(
                    RedlockBackend.ID,
                    key,
                    "The lock '" + key
                            + "' is held by a foreign program that set no expiry, so it would never come free by"
                            + " itself: only a release at once takes it away",
                    null);
        }
        int silent = voters.count() - answers.size();
        return done > 0 && done + silent >= voters.quorum();
    }

    // The list: servers one after the other, each in pages. The cursor is the number of the server, how many failed
    // before
    // it, and Redis's own cursor. A lock is told by the first server that has the holder's vote.

    CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        String[] parts = cursor == null ? new String[] {"0", "0", "0"} : cursor.split(" ", 3);
        return list(prefix, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), parts[2]);
    }

    private CompletionStage<Page> list(String prefix, int at, int failed, String from) {
        if (at >= voters.count()) {
            return CompletableFuture.completedFuture(new Page(List.of(), null));
        }
        Voter voter = voters.all().get(at);
        if (!voter.isResponsive() && failed < voters.count() - voters.quorum()) {
            return list(prefix, at + 1, failed + 1, "0");
        }
        PlainRequest scan = new PlainRequest(
                "SCAN", from, "MATCH", Records.pattern(prefix), "COUNT", Integer.toString(PAGE), "TYPE", "string");
        CompletableFuture<Reply> scanned = scan.future().copy();
        voter.link().send(scan);
        voters.schedule(
                () -> scanned.completeExceptionally(Faults.transientFault(
                        null, "Redis at " + voter + " did not answer within " + PATIENCE / 1_000_000 + " ms")),
                PATIENCE);
        return scanned.thenCompose(reply -> page(prefix, voter, failed, reply))
                .exceptionallyCompose(failure -> without(prefix, voter, failed + 1, failure));
    }

    /** Every lock stands on most servers, so a minority of them can be left out. */
    private CompletionStage<Page> without(String prefix, Voter voter, int failed, Throwable failure) {
        if (failed <= voters.count() - voters.quorum()) {
            return list(prefix, voter.index() + 1, failed, "0");
        }
        Throwable cause = Faults.root(failure);
        if (cause instanceof BackendException known) {
            return CompletableFuture.failedFuture(known);
        }
        return CompletableFuture.failedFuture(
                cause instanceof RefusedException
                        ? Faults.refused(voter, null, "list locks", String.valueOf(cause.getMessage()))
                        : Faults.lost(voter, null, "list locks", cause));
    }

    private CompletionStage<Page> page(String prefix, Voter voter, int failed, Reply scanned) {
        String next = Objects.requireNonNull(scanned.text(0));
        Set<String> found = new LinkedHashSet<>();
        for (String key : scanned.texts().subList(1, scanned.texts().size())) {
            String name = key == null ? null : KeyLayout.nameOf(key);
            if (name != null && name.startsWith(prefix)) {
                found.add(name);
            }
        }
        List<CompletableFuture<@Nullable LockInfo>> looks = new ArrayList<>();
        for (String name : found) {
            looks.add(look(name)
                    .thenApply(holding -> holding == null || !holding.isOurs() || !holding.isToldBy(voter)
                            ? null
                            : holding.info(name)));
        }
        int following = voter.index() + 1;
        String cursor = next.equals("0")
                ? following < voters.count() ? following + " " + failed + " 0" : null
                : voter.index() + " " + failed + " " + next;
        return CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new)).thenApply(done -> {
            List<LockInfo> locks = new ArrayList<>();
            for (CompletableFuture<@Nullable LockInfo> look : looks) {
                LockInfo info = look.join();
                if (info != null) {
                    locks.add(info);
                }
            }
            return new Page(List.copyOf(locks), cursor);
        });
    }
}
