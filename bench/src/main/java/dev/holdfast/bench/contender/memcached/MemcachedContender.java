// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.memcached;

import dev.holdfast.bench.contender.Contender;

/** Something that goes to one memcached: {@code memcached://host:port}. */
abstract class MemcachedContender implements Contender {
    private final String id;
    private final String summary;

    MemcachedContender(String id, String summary) {
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
        return "memcached://" + MEMCACHED;
    }

    @Override
    public boolean excludesProcesses(String place) {
        return true;
    }
}
