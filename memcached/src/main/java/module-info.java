// SPDX-License-Identifier: Apache-2.0
/** Locks on memcached. */
module dev.holdfast.memcached {
    requires transitive dev.holdfast;
    requires static org.jspecify;

    exports dev.holdfast.memcached;

    provides dev.holdfast.spi.BackendProvider with
            dev.holdfast.memcached.MemcachedBackendProvider;
}
