// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands that a lock needs, as a server understands them. Stateless. Each request may carry a number that the server repeats in its replies, where it
 * can: {@code opaque}.
 */
public interface Dialect {
    /**
     * Puts an item if there is none, looks at what stands there then, and raises a counter after that. The order counts: when one's own item stands
     * there at the look, every earlier holder has had his number before.
     *
     * @param key the item's key
     * @param counter the counter's key
     * @param value the value
     * @param seconds how long it stays
     * @param seed where the counter starts if there is none
     * @param opaque the number to repeat
     * @return the commands
     */
    byte[] take(String key, String counter, byte[] value, long seconds, long seed, long opaque);

    /**
     * How many replies {@link #take} has.
     *
     * @return the number
     */
    int repliesToTake();

    /**
     * Reads the replies to {@link #take}.
     *
     * @param replies all of them
     * @return what they mean
     * @throws RefusedException if one of them is an error
     */
    Taken taken(List<Reply> replies) throws RefusedException;

    /**
     * Looks at an item. Has one reply.
     *
     * @param key its key
     * @param opaque the number to repeat
     * @return the command
     */
    byte[] read(String key, long opaque);

    /**
     * Reads the reply to {@link #read}.
     *
     * @param reply the reply
     * @return the item, or null if there is none
     * @throws RefusedException if it is an error
     */
    @Nullable
    Item item(Reply reply) throws RefusedException;

    /**
     * Puts a value in the place of one version of an item, with a new time to stay.
     *
     * @param key its key
     * @param value the value
     * @param seconds how long it stays
     * @param cas the version
     * @param opaque the number to repeat
     * @return the commands
     */
    byte[] replace(String key, byte[] value, long seconds, long cas, long opaque);

    /**
     * How many replies {@link #replace} has.
     *
     * @return the number
     */
    int repliesToReplace();

    /**
     * Reads the replies to {@link #replace}.
     *
     * @param replies all of them
     * @param value the value that was to be put
     * @return what they mean
     * @throws RefusedException if one of them is an error
     */
    Changed replaced(List<Reply> replies, byte[] value) throws RefusedException;

    /**
     * Removes one version of an item. Has one reply.
     *
     * @param key its key
     * @param cas the version
     * @param opaque the number to repeat
     * @return the command
     */
    byte[] remove(String key, long cas, long opaque);

    /**
     * Reads the reply to {@link #remove}.
     *
     * @param reply the reply
     * @return what it means
     * @throws RefusedException if it is an error
     */
    Changed removed(Reply reply) throws RefusedException;
}
