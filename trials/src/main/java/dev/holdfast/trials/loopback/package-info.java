// SPDX-License-Identifier: Apache-2.0
/** Ports on the loopback interface, for the proxy and the servers. Not exported. */
@NullMarked
package dev.holdfast.trials.loopback;

import org.jspecify.annotations.NullMarked;
