// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.redis.script.ScriptCall;
import dev.holdfast.spi.Claim;

/** A script call about locks, and what its answer means to claims. */
abstract class LockCall extends ScriptCall {
    private static final long MILLI = 1_000_000L;

    /** Beyond the time left, so that the record is gone when it is looked for, and those in line do not look at the same time. */
    private static final long SLACK = 5 * MILLI;

    private static final long PER_RANK = 50 * MILLI;
    private static final long LONGEST_WAIT = 250 * MILLI;
    private static final long CLAIM_LEASE = 3_000 * MILLI;

    static final int GRANTED = 1;
    static final int IN_LINE = 2;
    static final int TAKEN = 3;
    static final int TOO_LATE = 4;

    private static final int MOST_REROUTES = 4;

    private final Client client;
    private final Nodes nodes;
    private int reroutes;

    LockCall(Client client, Nodes nodes, Script script, NodeLink link, int keys, Words arguments) {
        super(script, link, keys, arguments);
        this.client = client;
        this.nodes = nodes;
    }

    final Client client() {
        return client;
    }

    final Nodes nodes() {
        return nodes;
    }

    @Override
    protected final void failed(String error) {
        Nodes.Route route = reroutes++ < MOST_REROUTES ? nodes.reroute(link(), error) : null;
        if (route == null) {
            unserved(error);
        } else {
            route.send(this);
        }
    }

    /** The script failed, or was not run, and no other node can do better. */
    abstract void unserved(String error);

    /** Tells a claim what an acquisition answered; the numbers begin at {@code at}. A try before it may have done more than it says. */
    final void tell(Claim claim, Seat seat, Reply answer, int at, long sentNanos, boolean again) {
        switch ((int) answer.number(at)) {
            case GRANTED -> {
                client.expect(claim, seat);
                nodes.listens(link(), seat.keys().slot());
                long fence = answer.number(at + 1);
                boolean contended = answer.number(at + 2) == 1;
                if (client.options().replicas() == 0) {
                    grant(claim, fence, contended, sentNanos);
                } else {
                    grantOnceReplicated(claim, fence, contended, sentNanos);
                }
            }
            case IN_LINE -> {
                client.expect(claim, seat);
                if (!nodes.listens(link(), seat.keys().slot())) {
                    // A grant may have been pushed before anybody listened, which counts as a client that is dead.
                    AcquireCall.send(client, nodes, claim);
                    return;
                }
                claim.queued(recheck(seat, answer.number(at + 1), answer.number(at + 2), answer.number(at + 3) == 1));
            }
            case TAKEN -> claim.busy(0);
            default ->
                claim.failed(
                        Faults.transientFault(
                                claim.name(), "Redis at " + link() + " got the request too late to act on it"),
                        again);
        }
    }

    private void grant(Claim claim, long fence, boolean contended, long sentNanos) {
        claim.granted(fence, sentNanos, claim.leaseNanos());
        if (contended) {
            client.events().contended(claim);
        }
    }

    /**
     * Only then does the grant outlive the loss of the master. Redis waits for what was written on the same connection, so on another one it
     * would say yes to what nobody has: if that one has ended, the answer is that it has. The wait holds up what this client sends to the node after it, so it is short;
     * if replicas lag, the engine asks again, which finds the grant and waits again.
     */
    private void grantOnceReplicated(Claim claim, long fence, boolean contended, long sentNanos) {
        int wanted = client.options().replicas();
        long left = Math.min(claim.giveUpNanos() - System.nanoTime(), Math.min(LONGEST_WAIT, claim.leaseNanos() / 10));
        PlainRequest wait =
                new PlainRequest("WAIT", Integer.toString(wanted), Long.toString(Math.max(1, left / MILLI)));
        answerer().send(wait);
        var unused = wait.future().whenComplete((reply, failure) -> {
            if (failure != null) {
                claim.failed(Faults.lost(link(), claim.name(), "replicate", failure), true);
            } else if (reply.number(0) >= wanted) {
                grant(claim, fence, contended, sentNanos);
            } else {
                claim.failed(
                        Faults.transientFault(
                                claim.name(),
                                "Only " + reply.number(0) + " replicas of Redis at " + link() + " had the lock '"
                                        + claim.name() + "' in time, and the URI asks for replicas=" + wanted),
                        true);
            }
        });
    }

    /**
     * When to look again although a push should come: when the holder's lease ends, which Redis does not push; and for the first two
     * in line after each first lease, because a client that is granted the lock and stands still keeps it for so long. A foreign holder pushes
     * nothing at all, so the first in line polls.
     */
    private static long recheck(Seat seat, long millisLeft, long rank, boolean foreign) {
        if (foreign && rank == 0) {
            return seat.nextPoll();
        }
        long atTheEnd = millisLeft < 0 ? 0 : millisLeft * MILLI + SLACK + rank * PER_RANK;
        if (rank < 2) {
            return atTheEnd == 0 ? CLAIM_LEASE : Math.min(atTheEnd, CLAIM_LEASE);
        }
        return atTheEnd;
    }
}
