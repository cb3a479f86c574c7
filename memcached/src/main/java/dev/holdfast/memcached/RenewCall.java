// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import dev.holdfast.LeaseLoss;
import dev.holdfast.memcached.link.Link;
import dev.holdfast.memcached.link.Node;
import dev.holdfast.memcached.wire.Changed;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Renews a lease: puts its item anew, with a new expiry. */
final class RenewCall extends VersionedCall {
    private byte[] value = {};

    private RenewCall(Node node, Claim claim, Seat seat) {
        super(node, claim, seat, claim.giveUpNanos());
    }

    /** Each is a request of its own; those to one server go there together. */
    static void send(Client client, List<Claim> claims) {
        Map<Node, List<RenewCall>> byNode = new HashMap<>();
        for (Claim claim : claims) {
            Seat seat = Seat.ofKnown(claim);
            if (seat == null || !seat.isHeld()) {
                claim.gone(LeaseLoss.TAKEN_OVER);
            } else {
                Node node = client.node(claim.key());
                byNode.computeIfAbsent(node, any -> new ArrayList<>()).add(new RenewCall(node, claim, seat));
            }
        }
        byNode.forEach(Node::submit);
    }

    @Override
    byte[] change(Link link, long cas, long opaque) {
        value = Value.of(claim());
        return link.dialect().replace(claim().key(), value, Lifetime.seconds(claim().leaseNanos()), cas, opaque);
    }

    @Override
    int repliesToChange(Dialect dialect) {
        return dialect.repliesToReplace();
    }

    @Override
    Changed changed(Dialect dialect, List<Reply> answers) throws RefusedException {
        return dialect.replaced(answers, value);
    }

    @Override
    VersionedCall again() {
        return new RenewCall(node(), claim(), seat());
    }

    @Override
    boolean isRight(Value found) {
        return !found.revoked();
    }

    @Override
    void done(Link link, Changed changed) {
        seat().isRenewed(link, changed.cas(), sentNanos());
        if (Lifetime.isSlow(sentNanos(), System.nanoTime())) {
            confirm(link);
        } else {
            claim().renewed(sentNanos());
        }
    }

    private void confirm(Link link) {
        link.next(new ReadCall(
                claim().key(),
                giveUpNanos(),
                (on, item, looked) -> {
                    if (Lifetime.keeps(item, claim(), looked, sentNanos())) {
                        claim().renewed(sentNanos());
                    } else {
                        unknown(new java.io.IOException("it was renewed by a clock that had stood still"));
                    }
                },
                this::unknown));
    }

    @Override
    void missing(Link link, @Nullable Item item, @Nullable Value found) {
        seat().leaves();
        if (item != null && found != null && found.claim().equals(claim().id())) {
            // An operator took the lock away and left the item: the holder knows now, so the next one may have it.
            LeaveCall.remove(link, node(), claim(), seat());
        }
        claim().gone(LeaseLoss.TAKEN_OVER);
    }

    @Override
    void unknown(Throwable cause) {
        claim().notRenewed(Faults.of(claim().name(), "renew the lease of", node().where(), cause));
    }
}
