// SPDX-License-Identifier: Apache-2.0
/** {@code holdfast run}: a lock around any program. Start reading at {@code RunCommand}. */
@NullMarked
package dev.holdfast.cli.run;

import org.jspecify.annotations.NullMarked;
