// SPDX-License-Identifier: Apache-2.0
/**
 * The processes that use the locks. A {@code Fleet} is the parent's end, {@code Worker} the other one; they talk line by line. What workers
 * of one contender share is a {@code SharedPage}.
 */
@NullMarked
package dev.holdfast.load.worker;

import org.jspecify.annotations.NullMarked;
