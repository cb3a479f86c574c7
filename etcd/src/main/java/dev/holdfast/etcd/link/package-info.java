// SPDX-License-Identifier: Apache-2.0
/** Connections to the members of an etcd cluster: which one is asked, how long for, as whom, and what happens when it does not answer. */
@NullMarked
package dev.holdfast.etcd.link;

import org.jspecify.annotations.NullMarked;
