// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.choice;

/**
 * Something that can keep locks.
 *
 * @param name what it is called in rules and on the command line
 * @param level how far its locks reach: {@code thread}, {@code process} or {@code distributed}
 * @param tier what it promises without further settings, see docs/choosing.md
 * @param uri what its URI looks like
 */
public record Store(String name, String level, String tier, String uri) {
    /** Whether it needs nothing but this machine. */
    public boolean isAlwaysThere() {
        return name.equals("memory") || name.equals("file");
    }
}
