// SPDX-License-Identifier: Apache-2.0
/**
 * A store and a machine that a test moves step by step, and the exploration of all orders of steps. No sleeps: time stands still until it
 * is moved.
 *
 * <p>Start at {@link dev.holdfast.testkit.scripted.ScriptedStore} for a store with faults on the system's clock, and at {@link
 * dev.holdfast.testkit.scripted.Exploration} for races.
 */
@NullMarked
package dev.holdfast.testkit.scripted;

import org.jspecify.annotations.NullMarked;
