// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.wire.Watching.Deletion;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who stands before a key, as far as it is known from looks and from what is told of deletions.
 *
 * <p>If all of them are known, they only ever become fewer, and when the last of them is gone it is the key's turn. If only the next one is, its deletion is but
 * a reason to look: it may have been one that gave up.
 */
final class Ahead {
    /** Deletions of others, behind the key or below names that go on, after which it is not worth being told of all. */
    private static final int CROWD = 16;

    private final String own;
    private final Set<String> keys;
    private final boolean all;
    private final long fromRevision;

    /** What was deleted before this revision is known from looks. */
    private long knownBefore;

    /** What is deleted after this revision is told. */
    private long toldSince = Long.MAX_VALUE;

    private int others;

    /**
     * What is to be done next.
     *
     * @param over whether nobody is waited for any more: because it is the turn, or because it takes a look to know for whom
     * @param turn whether it is the key's turn
     * @param look the revision at which to look; 0 if there is no need
     * @param crowded whether others come and go all the time
     */
    record Step(boolean over, boolean turn, long look, boolean crowded) {}

    /**
     * What a look has found.
     *
     * @param own the key
     * @param keys who is ahead of it
     * @param all whether nobody else is
     * @param fromRevision the revision that follows that of the look
     */
    Ahead(String own, List<String> keys, boolean all, long fromRevision) {
        this.own = own;
        this.keys = new HashSet<>(keys);
        this.all = all;
        this.fromRevision = fromRevision;
        this.knownBefore = fromRevision;
    }

    /** Whether all are known who are ahead. */
    boolean isAll() {
        return all;
    }

    /**
     * Another look has found some.
     *
     * @param found who is ahead, the next one first
     * @param complete whether that is all of them
     * @param lookedBefore the revision that follows that of the look
     * @return whether it is still right to wait for those who are known
     */
    synchronized boolean stands(List<String> found, boolean complete, long lookedBefore) {
        if (!all) {
            return keys.contains(found.get(0));
        }
        // One that found more of them than are known is older, and has nothing to tell.
        if (complete) {
            keys.retainAll(found);
            knownBefore = Math.max(knownBefore, lookedBefore);
        }
        return !keys.isEmpty();
    }

    /**
     * Deletions were told. Servers before 3.4.38, 3.5.22 and 3.6.2 may tell of older ones, of a key that was used again.
     *
     * @param since what is deleted after this revision is told from now on; {@link Long#MAX_VALUE} if that was said before, or is not known yet
     * @param deletions the deletions
     * @return what is to be done
     */
    synchronized Step hears(long since, List<Deletion> deletions) {
        boolean begins = toldSince == Long.MAX_VALUE && since != Long.MAX_VALUE;
        if (begins) {
            toldSince = since;
        }
        boolean outOfLine = false;
        long newest = 0;
        for (Deletion deletion : deletions) {
            if (deletion.revision() >= fromRevision) {
                newest = Math.max(newest, deletion.revision());
                outOfLine |= deletion.key().equals(own);
                if (!keys.remove(deletion.key())) {
                    others++;
                }
            }
        }
        boolean crowded = others > CROWD;
        if (newest > 0 && (keys.isEmpty() || outOfLine || crowded)) {
            boolean turn = keys.isEmpty() && all && isUnbroken() && !outOfLine;
            return new Step(true, turn, turn ? 0 : newest, crowded);
        }
        return new Step(false, false, begins && !isUnbroken() ? since : 0, false);
    }

    /** Whether no deletion was missed, not even that of the key itself. */
    private boolean isUnbroken() {
        return knownBefore > toldSince;
    }
}
