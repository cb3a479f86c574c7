// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.bench.contender.memcached;

import dev.holdfast.bench.contender.ServerContender;

/** Something that goes to one memcached: {@code memcached://host:port}. */
abstract class MemcachedContender extends ServerContender {
    MemcachedContender(String id, String summary) {
        super(id, summary, "memcached://", MEMCACHED);
    }
}
