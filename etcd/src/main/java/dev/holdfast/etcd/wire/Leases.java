// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

/** The requests about leases. */
public final class Leases {
    private Leases() {}

    /**
     * Asks for a new lease, whose number the server chooses.
     *
     * @param seconds how long it lives
     * @return the request
     */
    public static byte[] grant(long seconds) {
        return new ProtoWriter().number(1, seconds).toByteArray();
    }

    /**
     * Asks about a lease by its number alone: to keep it alive, or to revoke it.
     *
     * @param lease the lease
     * @return the request
     */
    public static byte[] about(long lease) {
        return new ProtoWriter().number(1, lease).toByteArray();
    }

    /**
     * Asks how long a lease still lives.
     *
     * @param lease the lease
     * @param keys whether to name the keys that are bound to it
     * @return the request
     */
    public static byte[] timeToLive(long lease, boolean keys) {
        return new ProtoWriter().number(1, lease).flag(2, keys).toByteArray();
    }
}
