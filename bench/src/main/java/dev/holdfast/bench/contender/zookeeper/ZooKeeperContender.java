// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.zookeeper;

import dev.holdfast.bench.contender.ServerContender;
import dev.holdfast.load.contender.ZooKeeperRequests;
import java.io.IOException;
import java.util.OptionalLong;

/** Something that goes to one ZooKeeper: {@code zookeeper://host:port}. */
abstract class ZooKeeperContender extends ServerContender {
    ZooKeeperContender(String id, String summary) {
        super(id, summary, "zookeeper://", ZOOKEEPER);
    }

    @Override
    public final OptionalLong requestsServed(String place) throws IOException {
        return OptionalLong.of(ZooKeeperRequests.served(place));
    }
}
