// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.etcd;

import dev.holdfast.bench.contender.ServerContender;
import dev.holdfast.load.contender.EtcdRequests;
import java.io.IOException;
import java.util.OptionalLong;

/** Something that goes to one etcd: {@code etcd://host:port}. */
abstract class EtcdContender extends ServerContender {
    EtcdContender(String id, String summary) {
        super(id, summary, "etcd://", ETCD);
    }

    @Override
    public final OptionalLong requestsServed(String place) throws IOException {
        return OptionalLong.of(EtcdRequests.served(place));
    }
}
