// SPDX-License-Identifier: Apache-2.0
/** Reports as one page that needs no network. Start reading at {@code Page}. */
@NullMarked
package dev.holdfast.cli.page;

import org.jspecify.annotations.NullMarked;
