// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.spi.Claim;

/** A claim as the store knows it: a place in line, or the lock itself. */
final class Standing {
    /** When the store forgets something, by its own clock; one for a whole session, or one for each standing. */
    static final class Lifetime {
        long expiresAt;

        Lifetime(long expiresAt) {
            this.expiresAt = expiresAt;
        }
    }

    final ScriptedLink link;
    final Claim claim;
    final String id;
    final String key;
    final String name;
    final String ownerLabel;
    final long leaseNanos;
    final Lifetime lifetime;

    /** Of its grant, or zero while it stands in line. */
    long revision;

    long sinceMicros;

    /** Whether its holder was forced out: it is not renewed any more. */
    boolean doomed;

    Standing(ScriptedLink link, Claim claim, long leaseNanos, Lifetime lifetime) {
        this.link = link;
        this.claim = claim;
        this.leaseNanos = leaseNanos;
        this.lifetime = lifetime;
        id = claim.id();
        key = claim.key();
        name = claim.name();
        ownerLabel = claim.ownerLabel();
    }

    boolean isOver(long now) {
        return lifetime.expiresAt - now <= 0;
    }

    @Override
    public String toString() {
        return (revision == 0 ? "place of " : "lock of ") + link.alias(claim) + " on " + key;
    }
}
