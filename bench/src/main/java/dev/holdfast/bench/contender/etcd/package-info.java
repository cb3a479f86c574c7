// SPDX-License-Identifier: Apache-2.0
/** The locks on etcd that this project is compared with. */
@NullMarked
package dev.holdfast.bench.contender.etcd;

import org.jspecify.annotations.NullMarked;
