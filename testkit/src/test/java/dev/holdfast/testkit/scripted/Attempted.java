// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.Lease;
import dev.holdfast.LeaseLoss;
import dev.holdfast.ReleaseResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** An acquisition by a client, and what the caller heard of it. */
final class Attempted {
    final String name;
    final Client client;
    final CompletableFuture<Lease> future;
    final List<LeaseLoss> losses = new ArrayList<>();
    boolean given;
    boolean heldWhenGiven;
    boolean cancelled;
    boolean released;
    ReleaseResult result;
    int results;

    Attempted(String name, Client client, CompletableFuture<Lease> future) {
        this.name = name;
        this.client = client;
        this.future = future;
    }

    /** Notices that the caller has got its lease. */
    boolean notice() {
        if (given || lease() == null) {
            return false;
        }
        given = true;
        heldWhenGiven = isHeld();
        lease().whenLost().thenAccept(losses::add);
        return true;
    }

    Lease lease() {
        return future.isDone() && !future.isCompletedExceptionally() ? future.join() : null;
    }

    Throwable failure() {
        if (!future.isCompletedExceptionally()) {
            return null;
        }
        try {
            future.join();
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** Without the side effects of {@link Lease#isHeld()}, which decides a loss. */
    boolean isHeld() {
        Lease lease = lease();
        return lease != null && !lease.remaining().isZero();
    }

    void cancel() {
        cancelled = future.cancel(false);
    }

    void release() {
        released = true;
        boolean held = isHeld();
        lease().releaseAsync().thenAccept(answer -> {
            result = answer;
            results++;
        });
        if (isHeld()) {
            throw new AssertionError(name + " is still held after its release (held before: " + held + ")");
        }
    }

    @Override
    public String toString() {
        String state = !future.isDone() ? "waiting" : lease() != null ? "token " + lease().token() : "" + failure();
        return name + "[" + state + (released ? ", released " + result : "") + ", losses " + losses + "]";
    }
}
