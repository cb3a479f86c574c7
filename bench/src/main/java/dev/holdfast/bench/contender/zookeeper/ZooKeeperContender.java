// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.zookeeper;

import dev.holdfast.bench.contender.Contender;
import java.io.IOException;
import java.util.OptionalLong;

/** Something that goes to one ZooKeeper: {@code zookeeper://host:port}. */
abstract class ZooKeeperContender implements Contender {
    private final String id;
    private final String summary;

    ZooKeeperContender(String id, String summary) {
        this.id = id;
        this.summary = summary;
    }

    @Override
    public final String id() {
        return id;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final String defaultPlace() {
        return "zookeeper://" + ZOOKEEPER;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    @Override
    public final OptionalLong requestsServed(String place) throws IOException {
        return OptionalLong.of(ZooKeeperRequests.served(place));
    }

    static String servers(String place) {
        return place.substring("zookeeper://".length());
    }
}
