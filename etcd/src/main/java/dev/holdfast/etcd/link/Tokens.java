// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.link;

import dev.holdfast.etcd.wire.Greetings;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The token that stands for user and password. etcd forgets it when it was not used for some minutes; then calls wait for a new one. */
final class Tokens {
    private final Cluster cluster;
    private final Access access;
    private final AtomicReference<@Nullable CompletableFuture<String>> token = new AtomicReference<>();

    Tokens(Cluster cluster, Access access) {
        this.cluster = cluster;
        this.access = access;
    }

    /** The token, if there is one. */
    @Nullable
    String known() {
        CompletableFuture<String> asked = token.get();
        String known = asked == null || asked.isCompletedExceptionally() ? null : asked.getNow("");
        return known == null || known.isEmpty() ? null : known;
    }

    /** Goes on with the token, or with null if none is needed; a failure to get one is the failure of the call. */
    void then(long giveUpNanos, Consumer<Throwable> fail, Consumer<@Nullable String> goOn) {
        String user = access.user();
        String password = access.password();
        if (user == null || password == null) {
            goOn.accept(null);
            return;
        }
        var unused = token(user, password, giveUpNanos).whenComplete((known, failure) -> {
            if (failure != null) {
                fail.accept(failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
            } else {
                goOn.accept(known.isEmpty() ? null : known);
            }
        });
    }

    private CompletableFuture<String> token(String user, String password, long giveUpNanos) {
        CompletableFuture<String> known = token.get();
        if (known != null && !known.isCompletedExceptionally()) {
            return known;
        }
        CompletableFuture<String> asked = new CompletableFuture<>();
        if (!token.compareAndSet(known, asked)) {
            return token(user, password, giveUpNanos);
        }
        var unused = cluster.callWithoutToken(Method.AUTHENTICATE, Greetings.authenticate(user, password), giveUpNanos)
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        asked.complete(Greetings.text(answer));
                    } else if (isNotEnabled(failure)) {
                        // As etcd's own clients do: users are ignored where there are none.
                        asked.complete("");
                    } else {
                        asked.completeExceptionally(failure);
                    }
                });
        return asked;
    }

    private static boolean isNotEnabled(Throwable failure) {
        return failure instanceof CallFailure call
                && call.code() == Status.Code.FAILED_PRECONDITION
                && call.text().contains("authentication is not enabled");
    }

    /** The token was refused. Only this one: somebody else may have got a new one meanwhile. */
    void forget(String refused) {
        CompletableFuture<String> known = token.get();
        if (known != null && known.isDone() && !known.isCompletedExceptionally() && refused.equals(known.join())) {
            token.compareAndSet(known, null);
        }
    }
}
