// SPDX-License-Identifier: Apache-2.0
/** What ends a command before its time. */
@NullMarked
package dev.holdfast.cli.signals;

import org.jspecify.annotations.NullMarked;
