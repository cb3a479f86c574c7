// SPDX-License-Identifier: Apache-2.0
/** Those messages of etcd's interface that locks need, in the encoding of Protocol Buffers. */
@NullMarked
package dev.holdfast.etcd.wire;

import org.jspecify.annotations.NullMarked;
