// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.BackendException;
import dev.holdfast.redis.link.Driver;
import dev.holdfast.redis.link.NodeLink;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.redis.script.Script;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One of several independent servers, and whether its vote counts. A server that was restarted may have forgotten to whom it gave its vote,
 * so for as long as the longest lease it is asked, but not counted. Each connection begins with the question how long the server has been
 * running, so no restart goes unnoticed.
 */
final class Voter implements NodeLink.Listener {
    private static final System.Logger LOG = System.getLogger("dev.holdfast.redis");
    private static final int OLDEST = 6;
    private static final long SECOND = 1_000_000_000L;

    /** Since when it counts, and which start of the server said so. */
    private record Standing(String runId, long countsFrom) {}

    private final Voters all;
    private final int index;
    private final NodeLink link;
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicBoolean wasUp = new AtomicBoolean();
    private final AtomicBoolean silent = new AtomicBoolean();
    private final AtomicReference<@Nullable Standing> standing = new AtomicReference<>();

    Voter(Voters all, Driver driver, InetSocketAddress address, int index) {
        this.all = all;
        this.index = index;
        link = new NodeLink(driver, () -> CompletableFuture.completedFuture(address), this::greet, this);
    }

    NodeLink link() {
        return link;
    }

    /** Its place among all. */
    int index() {
        return index;
    }

    /** Whether it can be asked. */
    boolean isUp() {
        return link.isUp();
    }

    /** Whether its vote for a new holder counts. */
    boolean counts() {
        return quarantineLeft() <= 0;
    }

    private long quarantineLeft() {
        Standing known = standing.get();
        return known == null ? Long.MAX_VALUE : known.countsFrom - System.nanoTime();
    }

    /** Whether it has answered when it was asked last. */
    boolean isResponsive() {
        return isUp() && !silent.get();
    }

    /** It answered. */
    void heard() {
        if (silent.get() && silent.compareAndSet(true, false)) {
            LOG.log(Level.INFO, "Redis at " + link + " answers again");
        }
    }

    /** It did not answer in time. */
    void kept(long millis) {
        if (silent.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, "Redis at " + link + " did not answer within " + millis + " ms; " + all.left());
        }
    }

    /** Why its vote does not count although it was given. */
    BackendException whyNotCounted() {
        long seconds = Math.max(1, quarantineLeft() / SECOND);
        return Faults.transientFault(
                null,
                "Redis at " + link + " was restarted and may have forgotten a vote; it counts again in " + seconds
                        + " s");
    }

    BackendException down() {
        return Faults.transientFault(null, "Redis at " + link + " is not connected");
    }

    private CompletionStage<Void> greet(Wire wire) {
        return Greeting.on(wire, Script.ofVotes()).thenAccept(found -> {
            check(found);
            admit(found, System.nanoTime());
        });
    }

    private void check(Greeting found) {
        if (found.version() < OLDEST) {
            throw Faults.fatal(null, "Redis at " + link + " is of version " + found.versionText() + "; locks need 6.0");
        }
        if (found.isSentinel() || found.isCluster()) {
            throw Faults.fatal(
                    null,
                    "Redis at " + link + " is " + (found.isSentinel() ? "a sentinel" : "part of a cluster")
                            + "; redlock: needs servers that stand alone");
        }
        if (found.isReplica()) {
            throw Faults.refused(link, null, "vote", "READONLY it is a replica");
        }
        if (found.uptime() < 0 && !all.options().servers().assumesDurable()) {
            throw Faults.fatal(
                    null,
                    "Redis at " + link + " does not let this user ask for INFO, so nobody knows when it was restarted:"
                            + " permit that, or vouch with assume=durable that it forgets nothing");
        }
        OneNode.warnOfEviction(found, link, warned);
    }

    /** The server has been running for at least so long; seconds of its clock may be shorter than ours by one percent. */
    private void admit(Greeting found, long now) {
        if (all.isKnownElsewhere(this, found.runId())) {
            throw Faults.fatal(
                    null,
                    "Redis at " + link + " is the same server as another one in the URI: each must have one vote");
        }
        boolean keeps = all.options().servers().assumesDurable() || found.isDurable();
        long forgets = all.options().maxLease().toNanos() / 100 * 101 + SECOND;
        long left = keeps ? 0 : forgets - found.uptime() * SECOND;
        Standing before = standing.getAndSet(new Standing(found.runId(), now + Math.max(0, left)));
        if (left > 0 && (before == null || !before.runId.equals(found.runId()))) {
            LOG.log(
                    Level.WARNING,
                    "Redis at " + link + " has been running for " + found.uptime()
                            + " s and does not promise to remember votes over a restart: its vote counts in "
                            + (left / SECOND + 1) + " s");
        }
    }

    @Override
    public void up(NodeLink which) {
        silent.set(false);
        if (wasUp.getAndSet(true)) {
            LOG.log(Level.INFO, "Redis at " + link + " is connected again");
            all.verify();
        }
    }

    @Override
    public void down(NodeLink which) {
        if (!all.isClosed()) {
            LOG.log(Level.WARNING, "The connection to Redis at " + link + " broke; " + all.left());
        }
    }

    @Override
    public void pushed(NodeLink from, String kind, String message) {
        // Nothing is listened to.
    }

    @Override
    public String toString() {
        return link.toString();
    }
}
