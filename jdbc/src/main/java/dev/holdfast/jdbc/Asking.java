// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

import dev.holdfast.LeaseLoss;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The requests about claims, each on a thread of the lanes, and what their answers mean. */
final class Asking {
    /** For how long a waiting client's note in the row counts: longer than the engine's slowest look, which makes a new one. */
    private static final long NOTE_MICROS = TimeUnit.SECONDS.toMicros(15);

    private static final long WITHIN = TimeUnit.SECONDS.toNanos(1);

    private final Database database;
    private final Database renewing;
    private final Lanes lanes;
    private final Waiters waiters;
    private final BooleanSupplier pushes;
    private final @Nullable Doorbell doorbell;
    private final Purge purge;

    /** Claims whose renewal waits for its turn. */
    private final Set<Claim> toRenew = ConcurrentHashMap.newKeySet();

    Asking(
            Database database,
            Database renewing,
            Lanes lanes,
            Waiters waiters,
            BooleanSupplier pushes,
            @Nullable Doorbell doorbell) {
        this.database = database;
        this.renewing = renewing;
        this.lanes = lanes;
        this.waiters = waiters;
        this.pushes = pushes;
        this.doorbell = doorbell;
        purge = new Purge(database, lanes);
    }

    private void ring(Claim claim) {
        if (doorbell != null) {
            doorbell.freed(claim.key(), claim.id());
        }
    }

    private record Answer(long sentNanos, Taken taken) {}

    void acquire(Claim claim) {
        Seat seat = Seat.of(claim);
        // Read now: the next request about this claim has a time of its own.
        long giveUp = claim.giveUpNanos();
        seat.submit(Seat.Kind.ACQUIRE, () -> acquire(claim, seat, giveUp), lanes.requests());
    }

    private void acquire(Claim claim, Seat seat, long giveUpNanos) {
        if (seat.hasLeft()) {
            return;
        }
        Answer answer;
        try {
            answer = database.call(claim.name(), "acquire", giveUpNanos, session -> take(session, claim));
        } catch (CallFailure e) {
            if (e.mayHaveApplied()) {
                seat.becomesUncertain();
            }
            claim.failed(e.fault(), e.mayHaveApplied());
            return;
        }
        Taken taken = answer.taken;
        if (taken.kind() == Taken.Kind.GRANTED) {
            seat.becomesPresent();
            waiters.remove(claim);
            if (seat.hasLeft()) {
                leave(claim, seat, System.nanoTime() + WITHIN);
            } else {
                if (doorbell != null) {
                    doorbell.granted(claim.key(), claim.id());
                }
                claim.granted(taken.value(), answer.sentNanos, claim.leaseNanos());
            }
        } else if (claim.waits()) {
            waiters.add(claim);
            // A moment after the holder's lease has ended, if it is not renewed.
            claim.queued(TimeUnit.MICROSECONDS.toNanos(taken.value() + 1_000));
        } else {
            claim.busy(0);
        }
    }

    /** The time is taken for each try, because a repeat finds the claim's own row and makes its lease last from then on. */
    private Answer take(Session session, Claim claim) throws java.sql.SQLException {
        boolean notes = claim.waits() && pushes.getAsBoolean();
        Ask ask = Ask.of(claim, notes ? NOTE_MICROS : 0);
        Dialect dialect = database.dialect();
        long sent = System.nanoTime();
        Taken taken = dialect.take(session, ask);
        for (int tries = 0; taken.kind() == Taken.Kind.ABSENT && tries < 2; tries++) {
            sent = System.nanoTime();
            taken = dialect.add(session, ask);
            if (taken.kind() == Taken.Kind.ABSENT) {
                sent = System.nanoTime();
                taken = dialect.take(session, ask);
            }
        }
        return new Answer(sent, taken);
    }

    void leave(Claim claim) {
        Seat seat = Seat.of(claim);
        long giveUp = claim.giveUpNanos();
        seat.submit(Seat.Kind.LEAVE, () -> leave(claim, seat, giveUp), lanes.requests());
    }

    private void leave(Claim claim, Seat seat, long giveUpNanos) {
        waiters.remove(claim);
        if (!seat.isPresent()) {
            // Every answer so far said that somebody else has the lock: there is nothing of it in the table.
            claim.freed(false);
            return;
        }
        Dialect dialect = database.dialect();
        AtomicInteger tries = new AtomicInteger();
        try {
            boolean held = database.call(claim.name(), "release", giveUpNanos, session -> {
                boolean repeated = tries.getAndIncrement() > 0;
                boolean released = dialect.release(session, claim.key(), claim.id())
                        || (repeated && dialect.isReleased(session, claim.key(), claim.id()));
                if (!released && seat.isUncertain()) {
                    dialect.bar(session, claim.key(), claim.id());
                }
                return released;
            });
            ring(claim);
            claim.freed(held);
        } catch (CallFailure e) {
            ring(claim);
            claim.notFreed(e.fault());
        }
        purge.now();
    }

    void renew(List<Claim> claims) {
        // In the order of the keys, in which every client goes through them, so that no two of them wait for each
        // other.
        List<Claim> sorted = new ArrayList<>(claims);
        // A repeat whose first try has not been sent yet would only lengthen the line that it stands in.
        sorted.removeIf(claim -> !toRenew.add(claim));
        if (sorted.isEmpty()) {
            return;
        }
        sorted.sort(Comparator.comparing(Claim::key));
        long latest = sorted.get(0).giveUpNanos();
        for (Claim claim : sorted) {
            long giveUp = claim.giveUpNanos();
            latest = giveUp - latest > 0 ? giveUp : latest;
        }
        long giveUp = latest;
        lanes.renew(() -> renewTogether(sorted, giveUp));
    }

    /** As many in a statement as the server is good at; each of them answers before the next one is sent. */
    private void renewTogether(List<Claim> sorted, long giveUp) {
        int most = database.dialect().mostInOne();
        try {
            renewInParts(sorted, giveUp, most);
        } finally {
            sorted.forEach(toRenew::remove);
        }
    }

    private void renewInParts(List<Claim> sorted, long giveUp, int most) {
        for (int from = 0; from < sorted.size(); from += most) {
            List<Claim> some = sorted.subList(from, Math.min(sorted.size(), from + most));
            // It may have waited for its turn, and is of use until the lease ends.
            long within = System.nanoTime() + WITHIN;
            renewSome(some, within - giveUp > 0 ? within : giveUp);
        }
    }

    private void renewSome(List<Claim> some, long giveUp) {
        some.forEach(toRenew::remove);
        try {
            renew(renewing, some, giveUp);
        } catch (CallFailure e) {
            if (e.blocked() && some.size() > 1) {
                // One row that somebody has locked must not cost the other leases.
                some.forEach(claim -> lanes.requests().execute(() -> renewAlone(claim)));
            } else {
                some.forEach(claim -> claim.notRenewed(e.fault()));
            }
        }
    }

    private void renewAlone(Claim claim) {
        try {
            renew(database, List.of(claim), System.nanoTime() + WITHIN);
        } catch (CallFailure e) {
            claim.notRenewed(e.fault());
        }
    }

    private record Renewed(long sentNanos, Set<String> keys) {}

    private void renew(Database on, List<Claim> claims, long giveUpNanos) throws CallFailure {
        List<String> keys = claims.stream().map(Claim::key).toList();
        List<String> ids = claims.stream().map(Claim::id).toList();
        String lock = claims.size() == 1 ? claims.get(0).name() : null;
        String what = lock == null ? "renew " + claims.size() + " leases" : "renew";
        Renewed renewed = on.call(lock, what, giveUpNanos, session -> {
            long sent = System.nanoTime();
            return new Renewed(sent, on.dialect().renew(session, keys, ids));
        });
        for (Claim claim : claims) {
            if (renewed.keys.contains(claim.key())) {
                claim.renewed(renewed.sentNanos);
            } else {
                ring(claim);
                claim.gone(LeaseLoss.TAKEN_OVER);
            }
        }
    }

    /** The client closes: what is being asked has its answer first, or is given back when it comes. */
    void releaseAll(List<Claim> claims, long giveUpNanos) {
        List<Claim> present = new ArrayList<>();
        for (Claim claim : claims) {
            Seat seat = Seat.of(claim);
            waiters.remove(claim);
            seat.leaves();
        }
        for (Claim claim : claims) {
            Seat seat = Seat.of(claim);
            seat.awaitQuiet(giveUpNanos);
            if (seat.isPresent()) {
                present.add(claim);
            } else {
                claim.freed(false);
            }
        }
        if (present.isEmpty()) {
            return;
        }
        try {
            database.call(null, "release " + present.size() + " locks", giveUpNanos, session -> {
                database.dialect()
                        .releaseAll(
                                session,
                                present.stream().map(Claim::key).toList(),
                                present.stream().map(Claim::id).toList());
                return true;
            });
            present.forEach(this::ring);
            present.forEach(claim -> claim.freed(true));
        } catch (CallFailure e) {
            present.forEach(claim -> claim.notFreed(e.fault()));
        }
    }
}
