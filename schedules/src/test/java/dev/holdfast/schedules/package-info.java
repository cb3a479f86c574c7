// SPDX-License-Identifier: Apache-2.0
/**
 * The engine under many schedules of its threads. Start at {@link dev.holdfast.schedules.ScheduleTest}: it says what races, {@link
 * dev.holdfast.schedules.Turns} lets the threads take turns, and {@link dev.holdfast.schedules.Weaver} makes the engine ask for them.
 */
@NullMarked
package dev.holdfast.schedules;

import org.jspecify.annotations.NullMarked;
