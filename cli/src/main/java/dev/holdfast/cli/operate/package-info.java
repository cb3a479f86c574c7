// SPDX-License-Identifier: Apache-2.0
/** {@code holdfast inspect}, {@code list} and {@code release}: what operators ask. */
@NullMarked
package dev.holdfast.cli.operate;

import org.jspecify.annotations.NullMarked;
