// SPDX-License-Identifier: Apache-2.0
/**
 * A TCP proxy that stands between a client and its server and plays the faults of a network, without privileges. Start at {@link
 * dev.holdfast.trials.proxy.FaultProxy}.
 */
@NullMarked
package dev.holdfast.trials.proxy;

import org.jspecify.annotations.NullMarked;
