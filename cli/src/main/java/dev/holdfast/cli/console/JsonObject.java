// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

import org.jspecify.annotations.Nullable;

/**
 * One flat object of JSON on one line, in ASCII whatever the locale: everything else is written as {@code \}{@code uXXXX}, half a
 * surrogate pair too. That is all of JSON that the command needs, and a library would cost more time at each start than this.
 */
public final class JsonObject {
    private final StringBuilder json = new StringBuilder("{");

    public JsonObject text(String member, @Nullable String value) {
        return value == null ? raw(member, "null") : raw(member, quoted(value));
    }

    public JsonObject number(String member, @Nullable Long value) {
        return raw(member, String.valueOf(value));
    }

    public JsonObject truth(String member, boolean value) {
        return raw(member, String.valueOf(value));
    }

    private JsonObject raw(String member, String value) {
        json.append(json.length() == 1 ? "" : ",")
                .append(quoted(member))
                .append(':')
                .append(value);
        return this;
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int at = 0; at < text.length(); at++) {
            char unit = text.charAt(at);
            if (unit == '"' || unit == '\\') {
                quoted.append('\\').append(unit);
            } else if (unit >= ' ' && unit < 0x7f) {
                quoted.append(unit);
            } else {
                quoted.append(Text.escape(unit));
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return json + "}";
    }
}
