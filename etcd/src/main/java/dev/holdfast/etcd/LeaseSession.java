// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.LeaseLoss;
import dev.holdfast.etcd.link.Cluster;
import dev.holdfast.etcd.link.Method;
import dev.holdfast.etcd.wire.Header;
import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.etcd.wire.LeaseReply;
import dev.holdfast.etcd.wire.Leases;
import dev.holdfast.etcd.wire.Range;
import dev.holdfast.etcd.wire.RangeReply;
import dev.holdfast.etcd.wire.Txn;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A lease of this client in etcd, to which the keys of its claims with one lease time are bound: etcd deletes them all when it ends.
 *
 * <p>Until when it surely lives is counted from the sending of requests, and an answer that it was kept alive is not enough. A leader that has
 * been replaced, but has not noticed, says so too, while the new one lets the lease end. So a question that only the true leader can answer
 * goes along, and the earlier of the two counts, if both were answered in the same term: either the leader was the true one when it kept the
 * lease, or the next one began later than the question was sent, and a new leader gives every lease its full time again.
 */
final class LeaseSession {
    private static final long MARGIN = 25_000_000L;

    /** How many keys are swept at a time. */
    private static final int SWEPT = 100;

    private final Cluster cluster;
    private final long id;
    private final long leaseNanos;
    private final long begunNanos;
    private final AtomicLong provenSent;
    private final Map<String, Place> places = new ConcurrentHashMap<>();

    /** Those of the keys that are in use, or never will be again. Few keys for many attempts: see {@link Place}. */
    private final BitSet numbers = new BitSet();

    private final AtomicReference<@Nullable Keeping> keeping = new AtomicReference<>();
    private final AtomicLong nextSweep = new AtomicLong();
    private volatile boolean recent;
    private final AtomicReference<@Nullable LeaseLoss> over = new AtomicReference<>();
    private volatile boolean suspect;

    /** That the lease was kept alive, as one member said. */
    record Kept(long sentNanos, LeaseReply reply) {}

    private record Keeping(long sentNanos, CompletableFuture<Kept> answer) {}

    private LeaseSession(Cluster cluster, LeaseReply granted, long sentNanos, boolean recent) {
        this.cluster = cluster;
        this.id = granted.lease();
        this.leaseNanos = granted.seconds() * 1_000_000_000L;
        this.begunNanos = sentNanos;
        this.provenSent = new AtomicLong(sentNanos);
        this.nextSweep.set(sentNanos);
        this.recent = recent;
    }

    /** A lease that was granted. Granting is a change that most members agreed on, so it counts from its own request. */
    static LeaseSession granted(Cluster cluster, LeaseReply granted, long sentNanos) {
        return new LeaseSession(cluster, granted, sentNanos, true);
    }

    /** A lease that was granted some time ago, and for no claim. */
    static LeaseSession unused(Cluster cluster, LeaseReply granted, long sentNanos) {
        return new LeaseSession(cluster, granted, sentNanos, false);
    }

    long id() {
        return id;
    }

    long leaseNanos() {
        return leaseNanos;
    }

    /** When the request was sent from which on etcd surely keeps the lease for its whole time. */
    long provenSent() {
        return provenSent.get();
    }

    /** Whether it surely lives. Once it does not, it never does again: nobody renews it, so that etcd frees what it held. */
    boolean isAlive() {
        return over() == null;
    }

    /** Why it does not live, or null while it surely does. */
    @Nullable
    LeaseLoss over() {
        if (over.get() == null && System.nanoTime() - provenSent.get() >= leaseNanos) {
            over.compareAndSet(null, LeaseLoss.EXPIRED);
        }
        return over.get();
    }

    /** It has ended at etcd, or is about to be ended there. */
    void end() {
        over.compareAndSet(null, LeaseLoss.SESSION_CLOSED);
    }

    /** Whether a grant that counts from the last proof has as good as its whole time. */
    boolean isFresh() {
        return recent && System.nanoTime() - provenSent.get() < Math.max(MARGIN, leaseNanos / 100);
    }

    /** A place for an attempt. */
    Place place(String lockKey) {
        int number;
        synchronized (numbers) {
            number = numbers.nextClearBit(1);
            numbers.set(number);
        }
        return new Place(this, Names.place(lockKey, id, number), number);
    }

    /** Another attempt may have the same number. */
    void mayReuse(int number) {
        synchronized (numbers) {
            numbers.clear(number);
        }
    }

    /** Before anything is sent that makes its key. */
    void register(Place place) {
        places.put(place.key(), place);
    }

    /** The place is none of ours any more; if its key may still appear, it is looked for. */
    void forget(Place place) {
        places.remove(place.key(), place);
        if (place.mayAppear()) {
            isSuspectNow();
        }
    }

    /** A key may be there, or appear, that nobody deletes: what is bound to the lease is looked through from now on. */
    void isSuspectNow() {
        suspect = true;
    }

    /**
     * Whether new attempts should have another lease, because this one has to be searched for keys. Not before it is as old as its time, so that there are no
     * more leases than one for each lease time, however much is lost. It goes on for the places that are in use, and then nobody renews it. It is not
     * revoked then: an attempt that chose it may be about to send its first request.
     */
    boolean isWornOut() {
        return suspect && System.nanoTime() - begunNanos >= leaseNanos;
    }

    /** How many places are in use. */
    int size() {
        return places.size();
    }

    boolean has(Place place) {
        return places.get(place.key()) == place;
    }

    /** Keeps the lease alive; several who want that at once send one request. */
    CompletableFuture<Kept> keepAlive(long giveUpNanos) {
        Keeping last = keeping.get();
        long now = System.nanoTime();
        if (last != null && !last.answer.isDone() && now - last.sentNanos < MARGIN) {
            return last.answer;
        }
        Keeping next = new Keeping(now, new CompletableFuture<>());
        if (!keeping.compareAndSet(last, next)) {
            return keepAlive(giveUpNanos);
        }
        var unused = cluster.call(Method.KEEP_ALIVE, Leases.about(id), giveUpNanos)
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        next.answer.complete(new Kept(now, LeaseReply.read(answer)));
                        sweepIfSuspect();
                    } else {
                        next.answer.completeExceptionally(failure);
                    }
                });
        return next.answer;
    }

    /** Keeps the lease alive, if it was not done a moment ago and is not over; answered with null then, and if that fails. */
    CompletableFuture<@Nullable Kept> keepFresh(long giveUpNanos) {
        return isFresh() || !isAlive()
                ? CompletableFuture.completedFuture(null)
                : keepAlive(giveUpNanos).exceptionally(failure -> null);
    }

    /** Goes on when it is known whether the lease was kept too. If it was not, what is left of it counts. */
    void afterProof(CompletableFuture<@Nullable Kept> kept, long askedNanos, Header answered, Runnable then) {
        var unused = kept.whenComplete((known, failure) -> {
            if (known != null) {
                prove(known, askedNanos, answered);
            }
            then.run();
        });
    }

    /**
     * Takes both answers together: one that the lease was kept, and one that only the true leader can give.
     *
     * @return whether they prove anything
     */
    boolean prove(Kept kept, long askedNanos, Header answered) {
        if (!isAlive() || !isSameTerm(kept, answered) || kept.reply().seconds() <= 0) {
            return false;
        }
        long sent = kept.sentNanos() - askedNanos < 0 ? kept.sentNanos() : askedNanos;
        provenSent.accumulateAndGet(sent, (known, proven) -> proven - known > 0 ? proven : known);
        recent = true;
        return true;
    }

    static boolean isSameTerm(Kept kept, Header answered) {
        return kept.reply().header().term() == answered.term();
    }

    /**
     * A request that makes a key came late, after its claim was withdrawn, or one that deletes it failed: the key is bound to this lease, and would live
     * as long.
     */
    private void sweepIfSuspect() {
        long due = nextSweep.get();
        long now = System.nanoTime();
        if (!suspect || due - now > 0 || !nextSweep.compareAndSet(due, now + leaseNanos / 4)) {
            return;
        }
        // Three calls, one after the other, which may take longer than what is left of the time of a renewal.
        long giveUpNanos = now + leaseNanos / 4;
        var unused = cluster.call(Method.TIME_TO_LIVE, Leases.timeToLive(id, true), giveUpNanos)
                .thenAccept(answer -> {
                    LeaseReply reply = LeaseReply.read(answer);
                    reply.keys().stream()
                            .filter(key -> !places.containsKey(key))
                            .limit(SWEPT)
                            .forEach(key -> sweep(key, reply.header().revision(), giveUpNanos));
                });
    }

    /** Deletes a key if it is as it was when it was listed, and nobody has it now. */
    private void sweep(String key, long listedAt, long giveUpNanos) {
        var unused = cluster.call(Method.RANGE, Range.of(key).keysOnly().request(), giveUpNanos)
                .thenAccept(answer -> RangeReply.read(answer).keys().stream()
                        .filter(stranger -> stranger.created() <= listedAt && !places.containsKey(key))
                        .forEach(stranger -> delete(stranger, giveUpNanos)));
    }

    private void delete(KeyRecord stranger, long giveUpNanos) {
        Txn deletion = new Txn().ifCreated(stranger.key(), stranger.created()).delete(stranger.key());
        var unused = cluster.call(Method.TXN, deletion.request(), giveUpNanos);
    }
}
