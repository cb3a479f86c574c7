// SPDX-License-Identifier: Apache-2.0
/** The locks on ZooKeeper that this project is compared with. */
@NullMarked
package dev.holdfast.bench.contender.zookeeper;

import org.jspecify.annotations.NullMarked;
