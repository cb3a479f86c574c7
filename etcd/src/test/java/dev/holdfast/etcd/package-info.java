// SPDX-License-Identifier: Apache-2.0
/** etcd backend, on real servers. */
@NullMarked
package dev.holdfast.etcd;

import org.jspecify.annotations.NullMarked;
