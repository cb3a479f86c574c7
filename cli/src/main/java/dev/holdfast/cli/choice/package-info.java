// SPDX-License-Identifier: Apache-2.0
/** Which lock to use: rules that stand in a file, and what they say of a case. Does no I/O but to read that file. */
@NullMarked
package dev.holdfast.cli.choice;

import org.jspecify.annotations.NullMarked;
