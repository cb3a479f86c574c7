// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Claim;

/** Asks for a lock. */
final class AcquireCall extends LockCall {
    private final Claim claim;
    private final Seat seat;
    private final int tries;

    private AcquireCall(Client client, Nodes nodes, Claim claim, Seat seat, NodeLink link, int tries) {
        super(
                client,
                nodes,
                Script.ACQUIRE,
                link,
                4,
                client.words(nodes, seat.keys())
                        .add(seat.id())
                        .add(seat.lease())
                        .add(seat.label())
                        .add(claim.waits() ? "1" : "0")
                        .add(link.clock().microsAfter(claim.giveUpNanos())));
        this.claim = claim;
        this.seat = seat;
        this.tries = tries;
    }

    static void send(Client client, Nodes nodes, Claim claim) {
        send(client, nodes, claim, Seat.of(claim), 0);
    }

    private static void send(Client client, Nodes nodes, Claim claim, Seat seat, int tries) {
        int slot = seat.keys().slot();
        new AcquireCall(client, nodes, claim, seat, nodes.linkOf(slot), tries).send();
    }

    @Override
    protected void answered(Reply answer, long sentNanos) {
        if (!Shape.isAcquisition(answer)) {
            claim.failed(Faults.strange(link(), claim.name(), "ask for"), true);
            return;
        }
        link().clock().answered(sentNanos, answer.number(0));
        if (answer.number(1) == TOO_LATE && mayTryAgain()) {
            // Too late by a clock that was stepped since it was last seen.
            send(client(), nodes(), claim, seat, tries + 1);
            return;
        }
        tell(claim, seat, answer, 1, sentNanos, tries > 0);
    }

    private boolean mayTryAgain() {
        return tries == 0 && !seat.isLeaving() && claim.giveUpNanos() - System.nanoTime() > 0;
    }

    @Override
    void unserved(String error) {
        claim.failed(Faults.refused(link(), claim.name(), "grant", error), tries > 0 || Faults.mayHaveApplied(error));
    }

    @Override
    protected void lost(Throwable cause, boolean mayHaveApplied) {
        if (mayHaveApplied && mayTryAgain()) {
            // The connection broke under it, and the next one finds what it did.
            send(client(), nodes(), claim, seat, tries + 1);
        } else {
            claim.failed(Faults.lost(link(), claim.name(), "ask for", cause), mayHaveApplied || tries > 0);
        }
    }
}
