// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.Reply;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sentinel says of a master.
 *
 * @param address where it is
 * @param epoch which configuration that is: sentinels agree on each new one, so of two the larger is the newer; 0 if it was not told
 */
record MasterNamed(InetSocketAddress address, long epoch) {
    /** Reads the answer to where the master is, or returns null if the sentinel knows no such master. */
    static @Nullable MasterNamed of(Reply answer, long epoch) {
        String host = answer.text(0);
        String port = answer.text(1);
        return host == null || port == null
                ? null
                : new MasterNamed(InetSocketAddress.createUnresolved(host, Integer.parseInt(port)), epoch);
    }

    /** Reads what else a sentinel knows of the master: names and values take turns. */
    static long epoch(Reply answer) {
        List<@Nullable String> texts = answer.texts();
        for (int i = 0; i + 1 < texts.size(); i += 2) {
            if ("config-epoch".equals(texts.get(i))) {
                return Long.parseLong(String.valueOf(texts.get(i + 1)));
            }
        }
        return 0;
    }
}
