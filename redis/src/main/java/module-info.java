// SPDX-License-Identifier: Apache-2.0
/** Locks on Redis. */
module dev.holdfast.redis {
    requires transitive dev.holdfast;
    requires static org.jspecify;
    requires lettuce.core;
    requires io.netty.buffer;
    requires io.netty.common;
    requires io.netty.transport;
    requires io.netty.resolver;
    requires io.netty.resolver.dns;

    exports dev.holdfast.redis;

    provides dev.holdfast.spi.BackendProvider with
            dev.holdfast.redis.RedisBackendProvider;
}
