// SPDX-License-Identifier: Apache-2.0
/** What races. These classes are woven with the core; what they share with the test stands in the package above. */
@NullMarked
package dev.holdfast.schedules.scene;

import org.jspecify.annotations.NullMarked;
