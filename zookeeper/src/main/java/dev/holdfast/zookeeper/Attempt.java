// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.zookeeper.KeeperException.Code;
import org.jspecify.annotations.Nullable;

/**
 * One try of a claim to stand in line: a node with an identity of its own, from its creation to its deletion, which is repeated until it is
 * certain. An answer that got lost is looked for by that identity after the next connection, in the same session only: nodes of an earlier
 * session may still be listed, and are as good as gone.
 *
 * <p>Everything here happens in steps of the {@link Place}.
 */
final class Attempt {
    private static final int MOST_TRIES = 20;
    private static final long UNTIL_TRIED_AGAIN = 1_000_000_000L;
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
    private final Standing line;

    private Stage stage = Stage.ASKED;
    private volatile List<String> nodes = List.of();
    private long revision;
    private int tries;
    private @Nullable Code parentsRefused;

    private final AtomicBoolean verificationWaits = new AtomicBoolean();

    // The end
    private volatile boolean unwanted;
    private boolean mayBeDeleted;
    private boolean refusalTold;
    private boolean retryIsDue;
    private @Nullable Consumer<Boolean> removed;
    private @Nullable Consumer<BackendException> notRemoved;

    Attempt(Place place, ServerSession session) {
        this.place = place;
        this.session = session;
        line = new Standing(this, place, session);
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

    /** For those that were not told with the node. */
    void revision(long made) {
        revision = made;
    }

    /** The names of its nodes, once they are known. */
    List<String> nodes() {
        return nodes;
    }

    /** Whether the node is there and shall be. */
    boolean isStanding() {
        return stage == Stage.STANDING && place.isCurrent(this);
    }

    /** Whether its removal has begun. */
    boolean isUnwanted() {
        return unwanted;
    }

    /** Sets whether the question if it still stands waits for its turn; returns whether it did. */
    boolean awaitsVerification(boolean now) {
        return verificationWaits.getAndSet(now);
    }

    Standing line() {
        return line;
    }

    /** Whether a node is this attempt's, or may become so when its creation is answered. */
    boolean owns(String node) {
        return prefixes.stream().anyMatch(node::startsWith);
    }

    String own() {
        return place.path() + "/" + nodes.get(0);
    }

    // Creation

    void begin() {
        place.client().unused().used(place.path());
        if (session.enter(this)) {
            ask();
        } else {
            sessionOver();
        }
    }

    private void ask() {
        stage = Stage.ASKED;
        session.window().send(this::createIfWanted);
    }

    private boolean createIfWanted(Window.Turn turn) {
        if (unwanted) {
            place.step(this::neverAsked);
            return false;
        }
        return create(turn);
    }

    /** Both at once: the server works off the requests of a session in order, so the listing has the node if it was made. */
    private boolean create(Window.Turn turn) {
        byte[] data = new NodeRecord(place.claim().name(), place.claim().ownerLabel(), false).bytes();
        Requests.create(session.server(), options(), place.path(), prefixes, data, (code, names, made) -> {
            turn.answered(code);
            place.step(() -> created(code, names, made));
        });
        line.list(true);
        return true;
    }

    private void neverAsked() {
        if (stage == Stage.ASKED) {
            gone(false);
        }
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
            // Wanted or not by then: a container that never had a child is never removed.
            session.window().sendNext(turn -> {
                Requests.makeParents(
                        session.server(),
                        options(),
                        place.path(),
                        refused -> place.step(() -> parentsRefused = refused));
                return create(turn);
            });
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
        session.window().sendNext(turn -> {
            AtomicBoolean syncLost = new AtomicBoolean();
            session.server()
                    .sync(place.path(), (rc, asked, context) -> syncLost.set(Faults.isUnknown(Faults.code(rc))), null);
            session.server()
                    .getChildren(
                            place.path(),
                            unwanted ? null : line.watcher(place.path()),
                            (rc, asked, context, children, stat) -> {
                                turn.answered(Faults.code(rc));
                                List<String> found = children == null ? List.of() : children;
                                place.step(() -> recovered(syncLost.get(), Faults.code(rc), found));
                            },
                            null);
            return true;
        });
    }

    private void recovered(boolean syncLost, Code code, List<String> children) {
        if (stage != Stage.UNKNOWN) {
            return;
        }
        if (Faults.isUnknown(code)) {
            session.onConnection(() -> place.step(this::recover));
        } else if (syncLost) {
            // The connection broke between the two, and there is another one already.
            recover();
        } else if (code != Code.OK && code != Code.NONODE) {
            if (!Faults.isSessionOver(code)) {
                notLookedFor(Faults.refused(
                        options(), code, place.path(), "look for", place.claim().name()));
            }
        } else {
            List<String> found = new ArrayList<>();
            for (String prefix : prefixes) {
                children.stream().filter(child -> child.startsWith(prefix)).forEach(found::add);
            }
            if (!found.isEmpty()) {
                standing(List.copyOf(found), 0);
                if (stage == Stage.STANDING && found.size() < prefixes.size()) {
                    vanished();
                } else if (stage == Stage.STANDING) {
                    line.judge(children);
                }
            } else if (unwanted) {
                gone(false);
            } else {
                ask();
            }
        }
    }

    /** That the server refuses to list the line does not say that the node is not in it: it is looked for until that is known. */
    private void notLookedFor(BackendException why) {
        place.client().later(UNTIL_TRIED_AGAIN, () -> place.step(this::recover));
        Consumer<BackendException> tell = notRemoved;
        if (!unwanted) {
            place.failed(this, why, true);
        } else if (tell != null) {
            tell.accept(why);
        }
    }

    // The end

    /** One of its nodes is not there any more, and of twins the other may still be: it has to be removed. */
    void vanished() {
        if (isStanding()) {
            if (nodes.size() == 1 && prefixes.size() == 1) {
                finish();
            }
            place.vanished(this);
        }
    }

    /** The claim cannot go on with this. */
    void fail(BackendException why) {
        if (stage == Stage.ASKED) {
            // The server has refused it, so it is not there.
            if (unwanted) {
                gone(false);
            } else {
                finish();
                place.failed(this, why, false);
            }
        } else {
            place.failed(this, why, false);
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
        // Before those who want locks of their own.
        session.window().sendNext(turn -> {
            Requests.delete(session.server(), place.path(), nodes, code -> {
                turn.answered(code);
                place.step(() -> deleted(code));
            });
            return true;
        });
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
            // It stands still, and keeps everybody behind it out for as long as the session lives.
            stage = Stage.STANDING;
            notDeleted(Faults.refused(
                    options(), code, own(), "delete the node of", place.claim().name()));
        }
    }

    private void notDeleted(BackendException why) {
        if (!refusalTold) {
            refusalTold = true;
            Client.warn(why.getMessage() + ". It is tried again until it succeeds");
        }
        if (!retryIsDue) {
            retryIsDue = true;
            place.client().later(UNTIL_TRIED_AGAIN, () -> place.step(this::deleteAgain));
        }
        Consumer<BackendException> tell = notRemoved;
        if (tell != null) {
            tell.accept(why);
        }
    }

    private void deleteAgain() {
        retryIsDue = false;
        if (stage == Stage.STANDING) {
            delete();
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
        line.end();
        place.client().unused().used(place.path());
    }
}
