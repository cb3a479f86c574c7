// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.torture;

/**
 * What became of one kind of fault.
 *
 * @param kind the kind
 * @param done how often it was done
 * @param holders how often it hit somebody who held a lock at that moment
 * @param overlaps overlaps by contract while it was felt
 * @param rawOverlaps overlaps of holds that are not cut at loss and deadline
 */
public record FaultTally(FaultKind kind, long done, long holders, long overlaps, long rawOverlaps) {}
