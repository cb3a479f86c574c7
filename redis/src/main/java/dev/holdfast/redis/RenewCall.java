// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Words;
import dev.holdfast.redis.script.Script;
import dev.holdfast.spi.Claim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Renews leases: many in one call, but none that another node has, so that a node which stands still costs no other node's locks. */
final class RenewCall extends LockCall {
    /** Redis does nothing else while a script runs, and this many keys take it a tenth of a millisecond. */
    private static final int MOST = 128;

    private final List<Claim> claims;

    private RenewCall(Client client, Nodes nodes, NodeLink link, Words words, List<Claim> claims) {
        super(client, nodes, Script.RENEW, link, claims.size(), words);
        this.claims = claims;
    }

    static void send(Client client, Nodes nodes, List<Claim> claims, boolean perSlot) {
        Map<Object, List<Claim>> groups = new LinkedHashMap<>();
        for (Claim claim : claims) {
            int slot = Seat.of(claim).keys().slot();
            Object group = perSlot ? (Object) slot : nodes.linkOf(slot);
            groups.computeIfAbsent(group, any -> new ArrayList<>()).add(claim);
        }
        for (List<Claim> group : groups.values()) {
            for (int from = 0; from < group.size(); from += MOST) {
                sendChunk(client, nodes, group.subList(from, Math.min(group.size(), from + MOST)));
            }
        }
    }

    private static void sendChunk(Client client, Nodes nodes, List<Claim> claims) {
        Words words = new Words(claims.size() * 96);
        for (Claim claim : claims) {
            words.add(Seat.of(claim).keys().lock());
        }
        for (Claim claim : claims) {
            words.add(Seat.of(claim).id()).add(Seat.of(claim).lease());
        }
        NodeLink link = nodes.linkOf(Seat.of(claims.get(0)).keys().slot());
        new RenewCall(client, nodes, link, words, List.copyOf(claims)).send();
    }

    @Override
    protected void answered(Reply answer, long sentNanos) {
        if (!Shape.isRenewal(answer, claims.size())) {
            tell(Faults.strange(link(), null, "renew locks"));
            return;
        }
        link().clock().answered(sentNanos, answer.number(0));
        nodes().listens(link(), Seat.of(claims.get(0)).keys().slot());
        for (int i = 0; i < claims.size(); i++) {
            if (answer.number(i + 1) == 1) {
                claims.get(i).renewed(sentNanos);
            } else {
                client().forget(Seat.of(claims.get(i)));
                claims.get(i).gone(LeaseLoss.TAKEN_OVER);
            }
        }
    }

    @Override
    void unserved(String error) {
        if (claims.size() > 1 && error.startsWith("TRYAGAIN")) {
            // Their slot is on its way to another node: one by one each is asked for where it is.
            claims.forEach(claim -> sendChunk(client(), nodes(), List.of(claim)));
            return;
        }
        tell(Faults.refused(link(), null, "renew locks", error));
    }

    @Override
    protected void lost(Throwable cause, boolean mayHaveApplied) {
        tell(Faults.lost(link(), null, "renew locks", cause));
    }

    private void tell(BackendException failure) {
        claims.forEach(claim -> claim.notRenewed(failure));
    }
}
