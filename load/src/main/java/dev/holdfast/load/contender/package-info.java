// SPDX-License-Identifier: Apache-2.0
/** What can be measured: a {@code Contender} opens sessions, an {@code Entrant} is one at a place. */
@NullMarked
package dev.holdfast.load.contender;

import org.jspecify.annotations.NullMarked;
