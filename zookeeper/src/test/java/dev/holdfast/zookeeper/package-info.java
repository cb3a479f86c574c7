// SPDX-License-Identifier: Apache-2.0
/** ZooKeeper backend, on real servers. */
@NullMarked
package dev.holdfast.zookeeper;

import org.jspecify.annotations.NullMarked;
