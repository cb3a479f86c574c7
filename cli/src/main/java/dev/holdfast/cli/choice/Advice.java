// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the rules say of a case.
 *
 * @param chosen what to take and why, or null if nothing at hand will do
 * @param options how to use it
 * @param remarks what to know beside it
 * @param others what would do as well, the better ones first
 * @param refused what would go wrong, store by store
 */
public record Advice(
        @Nullable Choice chosen,
        List<Choice> options,
        List<String> remarks,
        List<Choice> others,
        List<Choice> refused) {
    /**
     * A store, or words about how to use it, and the reason.
     *
     * @param what which store it is about
     * @param words the option, or the store's name
     * @param reason why
     */
    public record Choice(Store what, String words, String reason) {}
}
