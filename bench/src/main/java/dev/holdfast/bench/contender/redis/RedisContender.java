// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.bench.contender.ServerContender;
import dev.holdfast.load.contender.RedisRequests;
import java.util.OptionalLong;

/** Something that goes to one Redis: {@code redis://host:port}. */
abstract class RedisContender extends ServerContender {
    RedisContender(String id, String summary) {
        super(id, summary, "redis://", REDIS);
    }

    @Override
    public final OptionalLong requestsServed(String place) {
        return OptionalLong.of(RedisRequests.served(place));
    }
}
