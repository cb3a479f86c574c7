// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.trials.proxy.Dialogue;
import java.nio.ByteBuffer;
import java.util.Set;

/** What a client of ZooKeeper and a server say to each other. Calls are requests about locks. */
final class ZooKeeperDialogue implements Dialogue {
    /** Behind the four bytes of the length. */
    private static final int XID = 4;

    private static final int TYPE = 8;
    private static final int XID_OF_PUSHES = -1;
    private static final int CHECK = 13;
    private static final int MULTI = 14;

    /** create, delete, exists, getData, setData, getChildren, multi, and the create of containers. */
    private static final Set<Integer> LOCKS = Set.of(1, 2, 3, 4, 5, 12, MULTI, 15, 19);

    private boolean begun;
    private boolean greeted;

    @Override
    public long request(byte[] frame) {
        boolean first = !begun;
        begun = true;
        boolean call = !first && frame.length >= TYPE + 4 && LOCKS.contains(number(frame, TYPE)) && !isHeartbeat(frame);
        return call ? number(frame, XID) : NONE;
    }

    /** A multi of which the first operation is a check. */
    private static boolean isHeartbeat(byte[] frame) {
        return number(frame, TYPE) == MULTI && frame.length >= TYPE + 8 && number(frame, TYPE + 4) == CHECK;
    }

    @Override
    public long reply(byte[] frame) {
        boolean first = !greeted;
        greeted = true;
        int xid = first ? 0 : number(frame, XID);
        return xid == XID_OF_PUSHES ? PUSH : xid >= 0 ? xid : NONE;
    }

    private static int number(byte[] frame, int at) {
        return ByteBuffer.wrap(frame).getInt(at);
    }
}
