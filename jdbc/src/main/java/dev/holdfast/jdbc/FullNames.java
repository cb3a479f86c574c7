// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.jdbc;

/** Full names as the table has them: PostgreSQL's text cannot hold the character 0, so that is written as {@code \0}. */
final class FullNames {
    private FullNames() {}

    static String stored(String name) {
        return name.replace("\\", "\\\\").replace("\0", "\\0");
    }

    static String read(String stored) {
        if (stored.indexOf('\\') < 0) {
            return stored;
        }
        StringBuilder name = new StringBuilder(stored.length());
        for (int i = 0; i < stored.length(); i++) {
            char character = stored.charAt(i);
            if (character == '\\' && i + 1 < stored.length()) {
                i++;
                name.append(stored.charAt(i) == '0' ? '\0' : stored.charAt(i));
            } else {
                name.append(character);
            }
        }
        return name.toString();
    }
}
