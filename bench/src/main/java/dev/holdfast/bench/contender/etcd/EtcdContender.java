// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.etcd;

import dev.holdfast.bench.contender.Contender;
import java.io.IOException;
import java.util.OptionalLong;

/** Something that goes to one etcd: {@code etcd://host:port}. */
abstract class EtcdContender implements Contender {
    private final String id;
    private final String summary;

    EtcdContender(String id, String summary) {
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
        return "etcd://" + ETCD;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    @Override
    public final OptionalLong requestsServed(String place) throws IOException {
        return OptionalLong.of(EtcdRequests.served(place));
    }

    static String address(String place) {
        return place.substring("etcd://".length());
    }
}
