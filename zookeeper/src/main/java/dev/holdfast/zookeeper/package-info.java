// SPDX-License-Identifier: Apache-2.0
/**
 * Locks on ZooKeeper: start at {@link dev.holdfast.zookeeper.ZooKeeperBackend}.
 *
 * <p>A client has one session, a {@code ServerSession}, which knows how long it certainly lives. A claim has a {@code Place}; each of its
 * tries to stand in line is an {@code Attempt}, which owns one node from its creation to its guaranteed deletion.
 */
@NullMarked
package dev.holdfast.zookeeper;

import org.jspecify.annotations.NullMarked;
