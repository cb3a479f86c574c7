// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;

/**
 * An attempt's sight of the line that it stands in: who is ahead, and what is watched. Everything here happens in steps of the {@link Place},
 * and only while the attempt's node is there.
 */
final class Standing {
    private final Attempt attempt;
    private final Place place;
    private final ServerSession session;

    /** Up to so many who are ahead are all watched: when the last of them is gone it is one's turn, without a further question. */
    private static final int WATCHED = 3;

    /** At which something is watched. */
    private final Set<String> paths = new HashSet<>();

    private final Runnable whenLasting;
    private boolean ended;
    private final Set<String> watched = new HashSet<>();
    private int watchedOver;
    private boolean watchesAll;
    private boolean ownSeen;
    private boolean twinLost;

    /** Somebody was ahead when the own node was watched already. */
    private boolean stoodBehind;

    private boolean lineWatched;

    /** The transaction by which the line changed last, before it was listed. */
    private long lastChange;

    /** An operator asked for the lock when the line was this one's already, which did not know it yet. */
    private boolean askedBack;

    Standing(Attempt attempt, Place place, ServerSession session) {
        this.attempt = attempt;
        this.place = place;
        this.session = session;
        whenLasting = () -> place.step(this::lookAgain);
    }

    /** Asks who stands in the line. */
    void list(boolean watch) {
        lineWatched |= watch;
        session.server()
                .getChildren(
                        place.path(),
                        watch ? watcher(place.path()) : null,
                        (rc, asked, context, children, stat) -> place.step(() -> {
                            lastChange = stat == null ? 0 : stat.getPzxid();
                            listed(Faults.code(rc), children);
                        }),
                        null);
    }

    /** Lists the line again; it was listed with the creation, so before that is answered there is nothing to do. */
    void lookAgain() {
        if (attempt.isStanding()) {
            list(place.isHeld() && !place.isContended());
        }
    }

    private void listed(Code code, @Nullable List<String> children) {
        if (Faults.isUnknown(code)) {
            // The client only registers a watch with the answer.
            lineWatched = false;
        }
        if (!attempt.isStanding()) {
            return;
        }
        if (code == Code.OK && children != null) {
            judge(children);
        } else if (code == Code.NONODE) {
            attempt.vanished();
        } else if (Faults.isUnknown(code)) {
            session.onConnection(() -> place.step(this::lookAgain));
        } else if (!Faults.isSessionOver(code)) {
            attempt.fail(Faults.refused(
                    place.client().options(),
                    code,
                    place.path(),
                    "list the line of",
                    place.claim().name()));
        }
    }

    /** What a listing means. */
    void judge(List<String> children) {
        Line line = Line.read(children, attempt.nodes());
        if (!line.own()) {
            attempt.vanished();
        } else if (place.isHeld()) {
            if (line.behind()) {
                place.contended();
            }
            if (!watchesOwn()) {
                lookAtOwn();
            }
        } else if (line.foreign() != null && !place.client().options().nested()) {
            attempt.fail(Faults.foreign(
                    place.client().options(),
                    place.path(),
                    line.foreign(),
                    place.claim().name()));
        } else if (line.ahead().isEmpty()) {
            granted();
            grantedByListing(line);
        } else if (place.waits()) {
            stand(line);
        } else {
            place.busy(attempt);
        }
    }

    /** An operator may have asked for the lock since it became this one's, unless its own node was watched before that. */
    private void grantedByListing(Line line) {
        if (!place.isHeld()) {
            return;
        }
        if (line.behind()) {
            place.contended();
        } else if (!lineWatched && place.claim().handsOver()) {
            list(true);
        }
        boolean changedSince = line.behind() || lastChange > attempt.revision();
        if (!watchedOwnInTime() && (changedSince || !lineWatched || ownSeen)) {
            lookAtOwn();
        }
    }

    private void granted() {
        if (attempt.revision() == 0) {
            askForRevision();
        } else if (session.isLasting()) {
            place.grant(attempt);
            if (askedBack) {
                lookAtOwn();
            }
        } else {
            session.onLasting(whenLasting);
        }
    }

    /** Some answers do not say which transaction made the node. Nobody but this session's nodes are asked for. */
    private void askForRevision() {
        session.server()
                .exists(
                        attempt.own(),
                        false,
                        (rc, asked, context, stat) -> place.step(() -> {
                            Code code = Faults.code(rc);
                            if (!attempt.isStanding()) {
                                return;
                            }
                            if (code == Code.OK && stat.getEphemeralOwner() == session.id()) {
                                attempt.revision(stat.getCzxid());
                                lookAgain();
                            } else if (code == Code.OK || code == Code.NONODE) {
                                attempt.vanished();
                            } else if (Faults.isUnknown(code)) {
                                session.onConnection(() -> place.step(this::lookAgain));
                            }
                        }),
                        null);
    }

    /**
     * Waits for all contenders ahead when they are few, otherwise for the nearest. Its own node is watched before them, so that of two deletions its
     * own is told of first: what is ahead of a node that is gone is of no interest.
     */
    private void stand(Line line) {
        String nearest = line.nearest();
        place.queued();
        watchesAll = line.ahead().size() <= WATCHED && attempt.nodes().size() == 1;
        Set<String> wanted = watchesAll || nearest == null ? Set.copyOf(line.ahead()) : Set.of(nearest);
        if (wanted.equals(watched) && watchedOver == session.connections()) {
            return;
        }
        watched.clear();
        watched.addAll(wanted);
        watchedOver = session.connections();
        ownSeen = false;
        stoodBehind = false;
        watchOwn(0);
        wanted.forEach(this::watch);
    }

    /** All of its nodes from one on: to whom sees but one of twins, nobody stands there when that is gone. */
    private void watchOwn(int from) {
        List<String> nodes = attempt.nodes();
        for (int i = from; i < nodes.size(); i++) {
            int which = i;
            String node = place.path() + "/" + nodes.get(i);
            session.server()
                    .exists(
                            node,
                            watcher(node),
                            (rc, asked, context, stat) -> place.step(() -> seen(Faults.code(rc), which)),
                            null);
        }
    }

    /** Whether a change of its own node will be told, and before a later one of the node that it waits for. */
    private boolean watchesOwn() {
        return ownSeen && watchedOver == session.connections();
    }

    /** Whether that was so already when somebody was ahead: an operator asks nobody for the lock before it is his turn. */
    private boolean watchedOwnInTime() {
        return watchesOwn() && stoodBehind;
    }

    /** They are answered in order, so with the last one all are watched, or were over an earlier connection. */
    private void seen(Code code, int which) {
        if (code == Code.OK) {
            ownSeen |= which == attempt.nodes().size() - 1;
        } else if (code == Code.NONODE) {
            attempt.vanished();
        } else if (Faults.isUnknown(code)) {
            twinLost = true;
        }
    }

    /** By its data: to watch whether it exists would leave the watch of one that is gone. */
    private void watch(String other) {
        String node = place.path() + "/" + other;
        session.server()
                .getData(
                        node,
                        watcher(node),
                        (rc, asked, context, data, stat) -> place.step(() -> otherAsked(Faults.code(rc), other)),
                        null);
    }

    private void otherAsked(Code code, String other) {
        if (!attempt.isStanding() || !watched.contains(other)) {
            return;
        }
        if (code == Code.OK) {
            stoodBehind = true;
        } else if (code == Code.NOAUTH) {
            // Somebody else's, who lets nobody read it. Everybody may ask whether it is there, and older servers tell
            // when it is not any more; the newer tell nobody who may not read it, and it is asked for now and then.
            String node = place.path() + "/" + other;
            session.server()
                    .exists(
                            node,
                            watcher(node),
                            (rc, asked, context, stat) -> place.step(() -> otherAsked(Faults.code(rc), other)),
                            null);
        } else if (Faults.isUnknown(code)) {
            watched.clear();
            session.onConnection(() -> place.step(this::lookAgain));
        } else if (code == Code.NONODE) {
            otherChanged(other, EventType.NodeDeleted);
        } else {
            notWatched();
        }
    }

    private void notWatched() {
        watched.clear();
        lookAgain();
    }

    // Events

    /** What requests to watch a path are sent with; nothing when this has come to its end. */
    @Nullable
    Watcher watcher(String path) {
        synchronized (paths) {
            if (ended) {
                return null;
            }
            if (paths.add(path)) {
                session.watches().add(path, this);
            }
        }
        return session.watches();
    }

    /** Nothing is of interest any more. */
    void end() {
        synchronized (paths) {
            ended = true;
            paths.forEach(path -> session.watches().remove(path, this));
            paths.clear();
        }
        session.forget(whenLasting);
    }

    /** Something happened at a path, perhaps before it was watched for this one. */
    void happened(String path, EventType type) {
        place.step(() -> {
            if (!attempt.isStanding()) {
                return;
            }
            String node = Requests.name(path);
            if (path.equals(place.path())) {
                lineWatched = false;
                if (place.isHeld() && !place.isContended()) {
                    list(true);
                }
            } else if (attempt.nodes().contains(node)) {
                ownChanged(type);
            } else if (watched.contains(node)) {
                otherChanged(node, type);
            }
        });
    }

    private void ownChanged(EventType type) {
        if (type == EventType.NodeDeleted) {
            attempt.vanished();
        } else if (type == EventType.NodeDataChanged) {
            // The watch is used up, and whoever changes the node may delete it, too.
            ownSeen = false;
            lookAtOwn();
        }
    }

    private void otherChanged(String node, EventType type) {
        watched.remove(node);
        if (!watchesAll || type != EventType.NodeDeleted) {
            notWatched();
        } else if (watched.isEmpty()) {
            // Otherwise an operator may have asked for the lock before the own node was watched.
            if (watchedOwnInTime() && attempt.revision() != 0 && session.isLasting()) {
                granted();
                if (place.claim().handsOver()) {
                    list(true);
                }
            } else {
                lookAgain();
            }
        }
    }

    /** Whether an operator asks for the lock; and from now on every change of the own node is told. */
    private void lookAtOwn() {
        twinLost = false;
        watchOwn(1);
        session.server()
                .getData(
                        attempt.own(),
                        watcher(attempt.own()),
                        (rc, asked, context, data, stat) -> place.step(() -> ownRead(Faults.code(rc), data)),
                        null);
    }

    private void ownRead(Code code, byte @Nullable [] data) {
        if (!attempt.isStanding()) {
            return;
        }
        NodeRecord record = NodeRecord.read(data);
        if (code == Code.NONODE) {
            attempt.vanished();
        } else if (code == Code.OK && record != null && record.revoked()) {
            if (place.isHeld()) {
                place.revoked(attempt);
            } else {
                askedBack = true;
            }
        } else if (Faults.isUnknown(code)) {
            session.onConnection(() -> place.step(this::lookAtOwn));
        } else if (twinLost) {
            // The connection broke between the two requests, and there is another one already.
            lookAtOwn();
        }
    }
}
