// SPDX-License-Identifier: Apache-2.0
/** What command lines are made of, and the store that they name. Start reading at {@code Syntax}. */
@NullMarked
package dev.holdfast.cli.options;

import org.jspecify.annotations.NullMarked;
