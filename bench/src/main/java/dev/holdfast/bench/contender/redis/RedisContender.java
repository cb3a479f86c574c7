// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.redis;

import dev.holdfast.bench.contender.Contender;
import java.util.OptionalLong;

/** Something that goes to one Redis: {@code redis://host:port}. */
abstract class RedisContender implements Contender {
    private final String id;
    private final String summary;

    RedisContender(String id, String summary) {
        this.id = id;
        this.summary = summary;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String summary() {
        return summary;
    }

    @Override
    public String defaultPlace() {
        return "redis://" + REDIS;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }

    @Override
    public OptionalLong requestsServed(String place) {
        return OptionalLong.of(RedisRequests.served(place));
    }
}
