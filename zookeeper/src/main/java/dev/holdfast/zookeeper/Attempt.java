// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.jspecify.annotations.Nullable;

/**
 * One try of a claim to stand in line: a node with an identity of its own, from its creation to its deletion, which is repeated until it is
 * certain. An answer that got lost is looked for by that identity after the next connection, in the same session only: nodes of an earlier
 * session may still be listed, and are as good as gone.
 *
 * <p>Everything here happens in steps of the {@link Place}.
 */
final class Attempt implements Watcher {
    private static final int MOST_TRIES = 20;
    private static final long WARN_FROM = 1L << 30;

    private enum Stage {
        /** The creation is under way. */
        ASKED,
        /** The answer to the creation got lost. */
        UNKNOWN,
        /** The node is there. */
        STANDING,
        /** It is being deleted. */
        REMOVING,
        /** It is not there, and never will be. */
        GONE
    }

    private final Place place;
    private final ServerSession session;
    private final List<String> prefixes;

    private Stage stage = Stage.ASKED;
    private volatile List<String> nodes = List.of();
    private long revision;
    private int tries;
    private @Nullable Code parentsRefused;

    // The line, as far as it is watched
    private @Nullable String watched;
    private int watchedOver;
    private boolean nextIsMine;
    private boolean ownSeen;

    // The end
    private boolean unwanted;
    private boolean mayBeDeleted;
    private @Nullable Consumer<Boolean> removed;
    private @Nullable Consumer<BackendException> notRemoved;

    Attempt(Place place, ServerSession session) {
        this.place = place;
        this.session = session;
        prefixes = options().dialect().prefixes(UUID.randomUUID().toString());
    }

    private ZooKeeperOptions options() {
        return place.client().options();
    }

    ServerSession session() {
        return session;
    }

    long revision() {
        return revision;
    }

    /** Whether a node is this attempt's, or may become so when its creation is answered. */
    boolean owns(String node) {
        return prefixes.stream().anyMatch(node::startsWith);
    }

    private String own() {
        return place.path() + "/" + nodes.get(0);
    }

    // Creation

    void begin() {
        if (session.enter(this)) {
            ask();
        } else {
            sessionOver();
        }
    }

    /** Both at once: the server works off the requests of a session in order, so the listing has the node if it was made. */
    private void ask() {
        stage = Stage.ASKED;
        session.window().send(this::create);
    }

    private void create() {
        byte[] data = new NodeRecord(place.claim().name(), place.claim().ownerLabel(), false).bytes();
        Requests.create(session.server(), options(), place.path(), prefixes, data, (code, names, made) -> {
            session.window().answered();
            place.step(() -> created(code, names, made));
        });
        list(true);
    }

    private void created(Code code, List<String> names, long made) {
        if (stage != Stage.ASKED) {
            return;
        }
        if (code == Code.OK) {
            standing(names, made);
        } else if (code == Code.NONODE) {
            createAgain();
        } else if (Faults.isUnknown(code)) {
            stage = Stage.UNKNOWN;
            session.onConnection(() -> place.step(this::recover));
        } else if (!Faults.isSessionOver(code)) {
            fail(Faults.refused(
                    options(),
                    code,
                    place.path(),
                    "make a node for",
                    place.claim().name()));
        }
    }

    /** The lock's node is missing, because nobody has used it yet or not for a while. */
    private void createAgain() {
        Code why = parentsRefused;
        if (unwanted) {
            gone(false);
        } else if (why != null && !Faults.isUnknown(why)) {
            fail(Faults.refused(
                    options(),
                    why,
                    place.path(),
                    "make a node for",
                    place.claim().name()));
        } else if (++tries > MOST_TRIES) {
            fail(Faults.transientFault(
                    place.claim().name(),
                    "The node " + place.path() + " on ZooKeeper at " + options() + " vanishes as often as it is made",
                    null));
        } else {
            Requests.makeParents(
                    session.server(), options(), place.path(), refused -> place.step(() -> parentsRefused = refused));
            ask();
        }
    }

    private void standing(List<String> names, long made) {
        nodes = names;
        revision = made;
        stage = Stage.STANDING;
        long number = Line.number(names);
        if (unwanted) {
            delete();
        } else if (number < 0 || number >= Dialect.LAST_NUMBER) {
            fail(Faults.overflow(options(), place.path(), place.claim().name()));
        } else if (number == WARN_FROM) {
            Client.warn("The counter of " + place.path() + " is half used up; at " + Dialect.LAST_NUMBER
                    + " the lock can be taken no more until the node is deleted");
        }
    }

    /** Looks for the node by its identity. What was under way has arrived or never will when the sync is answered. */
    private void recover() {
        if (stage != Stage.UNKNOWN) {
            return;
        }
        session.server().sync(place.path(), (rc, asked, context) -> {}, null);
        session.server()
                .getChildren(
                        place.path(),
                        unwanted ? null : this,
                        (rc, asked, context, children, stat) ->
                                place.step(() -> recovered(Faults.code(rc), children == null ? List.of() : children)),
                        null);
    }

    private void recovered(Code code, List<String> children) {
        if (stage != Stage.UNKNOWN) {
            return;
        }
        if (Faults.isUnknown(code)) {
            session.onConnection(() -> place.step(this::recover));
        } else if (code != Code.OK && code != Code.NONODE) {
            if (!Faults.isSessionOver(code)) {
                fail(Faults.refused(
                        options(), code, place.path(), "look for", place.claim().name()));
            }
        } else {
            List<String> found = new ArrayList<>();
            for (String prefix : prefixes) {
                children.stream().filter(child -> child.startsWith(prefix)).forEach(found::add);
            }
            if (found.size() == prefixes.size()) {
                standing(List.copyOf(found), 0);
                if (stage == Stage.STANDING) {
                    judge(children);
                }
            } else if (unwanted) {
                gone(false);
            } else {
                ask();
            }
        }
    }

    // The line

    private void list(boolean watch) {
        session.server()
                .getChildren(
                        place.path(),
                        watch ? this : null,
                        (rc, asked, context, children, stat) -> place.step(() -> listed(Faults.code(rc), children)),
                        null);
    }

    /** Lists the line again; it was listed with the creation, so before that is answered there is nothing to do. */
    void lookAgain() {
        if (stage == Stage.STANDING) {
            list(place.isHeld() && !place.isContended());
        }
    }

    private void listed(Code code, @Nullable List<String> children) {
        if (stage != Stage.STANDING || !place.isCurrent(this)) {
            return;
        }
        if (code == Code.OK && children != null) {
            judge(children);
        } else if (code == Code.NONODE) {
            vanished();
        } else if (Faults.isUnknown(code)) {
            session.onConnection(() -> place.step(this::lookAgain));
        } else if (!Faults.isSessionOver(code)) {
            fail(Faults.refused(
                    options(),
                    code,
                    place.path(),
                    "list the line of",
                    place.claim().name()));
        }
    }

    private void judge(List<String> children) {
        Line line = Line.read(children, nodes);
        if (!line.own()) {
            vanished();
        } else if (place.isHeld()) {
            if (line.behind()) {
                place.contended();
            }
            lookAtOwn();
        } else if (line.foreign() != null && !options().nested()) {
            fail(Faults.foreign(
                    options(), place.path(), line.foreign(), place.claim().name()));
        } else if (line.ahead() == 0) {
            granted();
            if (line.behind() && place.isHeld()) {
                place.contended();
                lookAtOwn();
            }
        } else if (place.waits()) {
            stand(line);
        } else {
            place.busy(this);
        }
    }

    private void granted() {
        if (revision == 0) {
            askForRevision();
        } else if (session.isValid()) {
            place.grant(this);
        } else {
            session.onValid(() -> place.step(this::lookAgain));
        }
    }

    /** Some answers do not say which transaction made the node. Nobody but this session's nodes are asked for. */
    private void askForRevision() {
        session.server()
                .exists(
                        own(),
                        false,
                        (rc, asked, context, stat) -> place.step(() -> {
                            Code code = Faults.code(rc);
                            if (stage != Stage.STANDING) {
                                return;
                            }
                            if (code == Code.OK && stat.getEphemeralOwner() == session.id()) {
                                revision = stat.getCzxid();
                                lookAgain();
                            } else if (code == Code.OK || code == Code.NONODE) {
                                vanished();
                            } else if (Faults.isUnknown(code)) {
                                session.onConnection(() -> place.step(this::lookAgain));
                            }
                        }),
                        null);
    }

    /**
     * Waits for the nearest contender ahead. Its own node is watched before that one, so that of two deletions its own is told of first: what
     * is ahead of a node that is gone is of no interest.
     */
    private void stand(Line line) {
        String nearest = line.nearest();
        place.queued();
        nextIsMine = line.ahead() == 1 && nodes.size() == 1;
        if (nearest == null || (nearest.equals(watched) && watchedOver == session.connections())) {
            return;
        }
        watched = nearest;
        watchedOver = session.connections();
        ownSeen = false;
        session.server()
                .exists(own(), this, (rc, asked, context, stat) -> place.step(() -> seen(Faults.code(rc))), null);
        watch(nearest);
    }

    private void seen(Code code) {
        if (code == Code.OK) {
            ownSeen = true;
        } else if (code == Code.NONODE && stage == Stage.STANDING) {
            vanished();
        }
    }

    /** By its data: to watch whether it exists would leave the watch of one that is gone. */
    private void watch(String nearest) {
        session.server()
                .getData(
                        place.path() + "/" + nearest,
                        this,
                        (rc, asked, context, data, stat) -> place.step(() -> watched(Faults.code(rc), nearest)),
                        null);
    }

    private void watched(Code code, String nearest) {
        if (stage != Stage.STANDING || !nearest.equals(watched) || code == Code.OK) {
            return;
        }
        if (code == Code.NOAUTH) {
            // Somebody else's, who lets nobody read it. That it is there may be asked by everybody.
            session.server()
                    .exists(
                            place.path() + "/" + nearest,
                            this,
                            (rc, asked, context, stat) -> place.step(() -> {
                                if (Faults.code(rc) == Code.NONODE) {
                                    notWatched();
                                }
                            }),
                            null);
        } else if (Faults.isUnknown(code)) {
            watched = null;
            session.onConnection(() -> place.step(this::lookAgain));
        } else {
            notWatched();
        }
    }

    private void notWatched() {
        watched = null;
        lookAgain();
    }

    // Events

    @Override
    public void process(WatchedEvent event) {
        if (event.getType() == Event.EventType.None || event.getPath() == null) {
            return;
        }
        place.step(() -> {
            if (stage != Stage.STANDING || !place.isCurrent(this)) {
                return;
            }
            String node = Requests.name(event.getPath());
            if (event.getPath().equals(place.path())) {
                if (place.isHeld() && !place.isContended()) {
                    list(true);
                }
            } else if (nodes.contains(node)) {
                ownChanged(event.getType());
            } else if (node.equals(watched)) {
                nearestChanged(event.getType());
            }
        });
    }

    private void ownChanged(Event.EventType type) {
        if (type == Event.EventType.NodeDeleted) {
            vanished();
        } else if (type == Event.EventType.NodeDataChanged) {
            lookAtOwn();
        }
    }

    private void nearestChanged(Event.EventType type) {
        watched = null;
        boolean inOrder = ownSeen && watchedOver == session.connections();
        if (type == Event.EventType.NodeDeleted && nextIsMine && inOrder && revision != 0 && session.isValid()) {
            granted();
            list(true);
        } else {
            lookAgain();
        }
    }

    /** Whether an operator asks for the lock; and from now on every change of the own node is told. */
    private void lookAtOwn() {
        session.server()
                .getData(
                        own(),
                        this,
                        (rc, asked, context, data, stat) -> place.step(() -> ownRead(Faults.code(rc), data)),
                        null);
    }

    private void ownRead(Code code, byte @Nullable [] data) {
        if (stage != Stage.STANDING || !place.isCurrent(this)) {
            return;
        }
        NodeRecord record = NodeRecord.read(data);
        if (code == Code.NONODE) {
            vanished();
        } else if (code == Code.OK && record != null && record.revoked() && place.isHeld()) {
            place.revoked(this);
        } else if (Faults.isUnknown(code)) {
            session.onConnection(() -> place.step(this::lookAtOwn));
        }
    }

    /** What became of a question whether the node is there. */
    @FunctionalInterface
    interface Verified {
        void answer(long sentNanos, @Nullable BackendException unknown, boolean there);
    }

    void verify(Verified answer) {
        long sentNanos = System.nanoTime();
        session.beat();
        session.server()
                .exists(
                        own(),
                        false,
                        (rc, asked, context, stat) -> place.step(() -> {
                            Code code = Faults.code(rc);
                            if (code == Code.OK || code == Code.NONODE) {
                                answer.answer(sentNanos, null, code == Code.OK);
                            } else {
                                answer.answer(
                                        sentNanos,
                                        Faults.unknown(
                                                options(),
                                                code,
                                                "verify",
                                                place.claim().name()),
                                        false);
                            }
                        }),
                        null);
    }

    // The end

    private void vanished() {
        if (stage == Stage.STANDING && place.isCurrent(this)) {
            finish();
            place.vanished();
        }
    }

    private void fail(BackendException why) {
        if (stage == Stage.ASKED || stage == Stage.UNKNOWN) {
            // The server has refused it, so it is not there.
            if (unwanted) {
                gone(false);
            } else {
                finish();
                place.failed(this, why);
            }
        } else {
            place.failed(this, why);
        }
    }

    /** The session has ended, and with it the node. */
    void sessionOver() {
        place.step(() -> {
            if (stage == Stage.GONE) {
                return;
            }
            boolean wanted = !unwanted && place.isCurrent(this);
            gone(false);
            if (wanted) {
                place.sessionOver();
            }
        });
    }

    /**
     * Removes the node, as soon as it is known whether there is one; repeated until that is certain.
     *
     * @param done is told whether this deleted it
     * @param failed is told why the server refuses to delete it
     */
    void remove(Consumer<Boolean> done, Consumer<BackendException> failed) {
        unwanted = true;
        if (stage == Stage.GONE) {
            done.accept(false);
            return;
        }
        removed = done;
        notRemoved = failed;
        if (stage == Stage.STANDING) {
            delete();
        }
    }

    private void delete() {
        stage = Stage.REMOVING;
        session.window()
                .send(() -> Requests.delete(session.server(), place.path(), nodes, code -> {
                    session.window().answered();
                    place.step(() -> deleted(code));
                }));
    }

    private void deleted(Code code) {
        if (stage != Stage.REMOVING) {
            return;
        }
        if (code == Code.OK || code == Code.NONODE) {
            gone(code == Code.OK || mayBeDeleted);
        } else if (Faults.isUnknown(code)) {
            mayBeDeleted = true;
            session.onConnection(() -> place.step(() -> {
                if (stage == Stage.REMOVING) {
                    delete();
                }
            }));
        } else if (!Faults.isSessionOver(code)) {
            // It stands still: whoever asks again tries again.
            stage = Stage.STANDING;
            Consumer<BackendException> tell = notRemoved;
            if (tell != null) {
                tell.accept(Faults.refused(
                        options(),
                        code,
                        own(),
                        "delete the node of",
                        place.claim().name()));
            }
        }
    }

    private void gone(boolean deleted) {
        finish();
        Consumer<Boolean> tell = removed;
        removed = null;
        if (tell != null) {
            tell.accept(deleted);
        }
    }

    private void finish() {
        stage = Stage.GONE;
        session.leave(this);
    }
}
