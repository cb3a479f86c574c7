// SPDX-License-Identifier: Apache-2.0
/**
 * Locks on etcd. A lock is the oldest key under {@code name/}, so that {@code etcdctl lock}, Go's {@code concurrency.Mutex} and this library
 * exclude each other. The keys of a client are bound to a lease that it keeps alive; whoever waits watches the key before its own.
 *
 * <p>Start reading at {@link dev.holdfast.etcd.EtcdBackend}. {@code LeaseSession} is a lease of this client, {@code Place} is what a claim has
 * under it. The package {@code wire} has etcd's messages, {@code link} the connections.
 */
@NullMarked
package dev.holdfast.etcd;

import org.jspecify.annotations.NullMarked;
