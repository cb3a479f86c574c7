// SPDX-License-Identifier: Apache-2.0
/** What is measured. Start reading at {@code Scenario}; a {@code Course} is what one round does. */
@NullMarked
package dev.holdfast.load.scenario;

import org.jspecify.annotations.NullMarked;
