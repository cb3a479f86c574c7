// SPDX-License-Identifier: Apache-2.0
/** What the user sees: lines and tables, failures and exit codes, progress, reports. Start reading at {@code Output}. */
@NullMarked
package dev.holdfast.cli.console;

import org.jspecify.annotations.NullMarked;
