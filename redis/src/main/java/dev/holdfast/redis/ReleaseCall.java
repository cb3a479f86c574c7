// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Claim;
import org.jspecify.annotations.Nullable;

/** Gives back what a claim has, and asks for the lock again for the next one. */
final class ReleaseCall extends LockCall {
    /**
     * What is to be given back.
     *
     * @param claim the claim
     * @param mayStand whether it may stand in line, instead of having been granted
     * @param next the next claim, or null
     * @param afterwards what to do when it has been answered
     */
    private record Order(
            Claim claim, boolean mayStand, @Nullable Claim next, Runnable afterwards) {}

    private final Order order;
    private final Seat seat;
    private final boolean again;

    private ReleaseCall(Client client, Nodes nodes, NodeLink link, Words words, Order order, Seat seat, boolean again) {
        super(client, nodes, Script.RELEASE, link, 4, words);
        this.order = order;
        this.seat = seat;
        this.again = again;
    }

    /** Releases a claim that was granted. */
    static void release(Client client, Nodes nodes, Claim claim, Seat seat, @Nullable Claim next) {
        send(client, nodes, new Order(claim, false, next, () -> {}), seat, false);
    }

    /** Removes a claim, wherever it stands. */
    static void withdraw(Client client, Nodes nodes, Claim claim, Seat seat, Runnable afterwards) {
        send(client, nodes, new Order(claim, true, null, afterwards), seat, false);
    }

    private static void send(Client client, Nodes nodes, Order order, Seat seat, boolean again) {
        client.forget(seat);
        NodeLink link = nodes.linkOf(seat.keys().slot());
        Words words = client.words(nodes, seat.keys())
                .add(seat.id())
                .add(seat.lease())
                .add(seat.label())
                .add(order.mayStand ? "1" : "0");
        Claim next = order.next;
        if (next != null) {
            Seat following = Seat.of(next);
            words.add(following.id())
                    .add(following.lease())
                    .add(following.label())
                    .add(next.waits() ? "1" : "0")
                    .add(link.clock().microsAfter(next.giveUpNanos()));
        }
        new ReleaseCall(client, nodes, link, words, order, seat, again).send();
    }

    @Override
    protected void answered(Reply answer, long sentNanos) {
        if (!Shape.isRelease(answer, order.next != null)) {
            BackendException failure = Faults.strange(link(), order.claim.name(), "release");
            order.claim.notFreed(failure);
            tellNext(failure, true);
            return;
        }
        if (answer.number(1) != 0) {
            link().clock().answered(sentNanos, answer.number(1));
        }
        // If the first try broke off, it was probably the one that freed the lock.
        order.claim.freed(answer.number(0) == 1 || (again && !order.mayStand));
        if (order.next != null) {
            tell(order.next, Seat.of(order.next), answer, 2, sentNanos, again);
        }
        order.afterwards.run();
    }

    @Override
    void unserved(String error) {
        if (Faults.code(error).equals("WRONGTYPE")) {
            // What stands there now is not ours, and so nothing is left of the claim.
            order.claim.freed(false);
        } else {
            order.claim.notFreed(Faults.refused(link(), order.claim.name(), "release", error));
        }
        tellNext(Faults.refused(link(), order.claim.name(), "grant", error), again || Faults.mayHaveApplied(error));
    }

    @Override
    protected void lost(Throwable cause, boolean mayHaveApplied) {
        if (mayHaveApplied && !again && order.claim.giveUpNanos() - System.nanoTime() > 0) {
            // The connection broke under it, and the next one finds what it did.
            send(client(), nodes(), order, seat, true);
            return;
        }
        BackendException failure = Faults.lost(link(), order.claim.name(), "release", cause);
        order.claim.notFreed(failure);
        tellNext(failure, mayHaveApplied || again);
    }

    private void tellNext(BackendException failure, boolean mayHaveApplied) {
        if (order.next != null) {
            order.next.failed(failure, mayHaveApplied);
        }
        order.afterwards.run();
    }
}
