// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Leases;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Frees all that a client has when it closes: a session whose claims all go is revoked, which takes one request for all of them. */
final class Closing {
    private Closing() {}

    static void releaseAll(Client client, List<Claim> claims, long giveUpNanos) {
        Map<LeaseSession, List<Claim>> bySession = new HashMap<>();
        for (Claim claim : claims) {
            Seat seat = Seat.ofKnown(claim);
            Place place = seat == null ? null : seat.place();
            if (place == null) {
                claim.freed(false);
            } else {
                bySession
                        .computeIfAbsent(place.session(), any -> new ArrayList<>())
                        .add(claim);
            }
        }
        List<CompletableFuture<?>> answers = new ArrayList<>();
        bySession.forEach((session, some) -> answers.addAll(leave(client, session, some, giveUpNanos)));
        // Nothing is bound to the others but what a minHold keeps: they end by themselves.
        for (LeaseSession idle : client.sessions()) {
            if (idle.size() == 0 && !bySession.containsKey(idle) && idle.isAlive()) {
                answers.add(revoke(client, idle, giveUpNanos));
            }
        }
        await(answers, giveUpNanos);
    }

    private static List<CompletableFuture<?>> leave(
            Client client, LeaseSession session, List<Claim> claims, long giveUpNanos) {
        long known = claims.stream()
                .filter(claim ->
                        session.has(Objects.requireNonNull(Seat.of(claim).place())))
                .count();
        if (known < session.size()) {
            List<CompletableFuture<?>> answers = new ArrayList<>();
            claims.forEach(claim -> answers.add(LeaveCall.leaving(client, claim, giveUpNanos)));
            return answers;
        }
        claims.forEach(LeaveCall::departs);
        session.end();
        return List.of(revoke(client, session, giveUpNanos).handle((bytes, failure) -> {
            for (Claim claim : claims) {
                if (failure == null) {
                    claim.freed(Objects.requireNonNull(Seat.of(claim).place()).isHeld());
                } else {
                    claim.notFreed(client.faults().of(claim.name(), "release", failure));
                }
            }
            return true;
        }));
    }

    private static CompletableFuture<byte[]> revoke(Client client, LeaseSession session, long giveUpNanos) {
        return client.cluster().call(Method.REVOKE, Leases.about(session.id()), giveUpNanos);
    }

    private static void await(List<CompletableFuture<?>> answers, long giveUpNanos) {
        try {
            CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
                    .get(Math.max(0, giveUpNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // What is not confirmed by now comes free when its lease ends.
        }
    }
}
