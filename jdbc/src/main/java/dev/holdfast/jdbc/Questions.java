// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LockInfo;
import dev.holdfast.jdbc.Database.Work;
import dev.holdfast.spi.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What operators ask: who holds a lock, which locks are held, and to take one away. */
final class Questions {
    private static final int PAGE = 500;
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private final Database database;
    private final Lanes lanes;

    Questions(Database database, Lanes lanes) {
        this.database = database;
        this.lanes = lanes;
    }

    CompletionStage<@Nullable LockInfo> inspect(String key) {
        return ask(key, "inspect", session -> database.dialect().inspect(session, key))
                .thenApply(rows -> rows.isEmpty() ? null : rows.get(0).info());
    }

    /** The cursor is the last key of the page before. */
    CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return ask(null, "list locks", session -> {
            List<Row> rows = database.dialect().list(session, cursor == null ? "" : cursor, PAGE);
            List<LockInfo> locks = new ArrayList<>();
            for (Row row : rows) {
                LockInfo info = row.info();
                if (info.name().startsWith(prefix)) {
                    locks.add(info);
                }
            }
            return new Page(
                    locks, rows.size() < PAGE ? null : rows.get(rows.size() - 1).key());
        });
    }

    CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return ask(key, "force the release of", session -> database.dialect().force(session, key, now));
    }

    private <T extends @Nullable Object> CompletionStage<T> ask(@Nullable String lock, String what, Work<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        long giveUp = System.nanoTime() + PATIENCE;
        lanes.requests().execute(() -> {
            try {
                answer.complete(database.call(lock, what, giveUp, work));
            } catch (CallFailure e) {
                answer.completeExceptionally(e.fault());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
