// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LockInfo;
import dev.holdfast.jdbc.SessionStatements.Holder;
import dev.holdfast.spi.Page;
import dev.holdfast.spi.Printable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What operators ask about locks that connections hold: the server knows these by numbers and connections only. */
final class SessionQuestions {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private final Database database;
    private final SessionStatements statements;
    private final Lanes lanes;

    SessionQuestions(Database database, SessionStatements statements, Lanes lanes) {
        this.database = database;
        this.statements = statements;
        this.lanes = lanes;
    }

    CompletionStage<@Nullable LockInfo> inspect(String key) {
        return holder(key, "inspect", holder -> {
            if (!statements.tellsLabels()) {
                throw Faults.fatal(
                        null,
                        "The server knows of the lock " + Printable.quoted(key) + " only that its connection "
                                + holder.connection()
                                + " holds it, and not for whom: its list of processes says from where that comes",
                        null);
            }
            return LockInfo.of(key).ownerLabel(holder.label()).build();
        });
    }

    CompletionStage<Page> list() {
        return CompletableFuture.failedFuture(Faults.fatal(
                null,
                "Locks cannot be listed with mode=session: the server knows numbers in place of their names. mode=row can",
                null));
    }

    CompletionStage<Boolean> forceRelease(String key) {
        return this.<Boolean>holder(key, "force the release of", holder -> {
                    throw Faults.fatal(
                            null,
                            "With mode=session the lock " + Printable.quoted(key)
                                    + " cannot be taken from its holder alone: the server's connection "
                                    + holder.connection()
                                    + " holds it, perhaps with others. End its client, or all that the connection holds: "
                                    + statements.ending(holder.connection()),
                            null);
                })
                .thenApply(answer -> answer != null && answer);
    }

    /** Null if nobody holds the lock. */
    private <T> CompletionStage<@Nullable T> holder(String key, String what, Function<Holder, T> then) {
        CompletableFuture<@Nullable T> answer = new CompletableFuture<>();
        long giveUp = System.nanoTime() + PATIENCE;
        lanes.requests().execute(() -> {
            try {
                List<Holder> found = database.call(key, what, giveUp, session -> statements.holders(session, key));
                answer.complete(found.isEmpty() ? null : then.apply(found.get(0)));
            } catch (CallFailure e) {
                answer.completeExceptionally(e.fault());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
