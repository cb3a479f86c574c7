// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.util.Locale;

/** How times appear in messages. */
final class Text {
    private Text() {}

    /** A length of time for people. */
    static String time(long nanos) {
        return nanos < 1_000_000_000L ? nanos / 1_000_000 + " ms" : String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
    }
}
