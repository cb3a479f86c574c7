// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.spi;

/** Text that came from outside, as it may stand in a message or a log: quoted, on one line, without surprises, and not too long. */
public final class Printable {
    private static final int LONGEST = 80;

    private Printable() {}

    /**
     * Quotes a text. What would break the line or change how it is read (control and format characters, line separators, lone
     * surrogates) is written as {@code \}{@code uXXXX}, and a long text is cut.
     *
     * @param text the text, from whomever
     * @return for example {@code "orders/42"}
     */
    public static String quoted(String text) {
        return quoted(text, LONGEST);
    }

    /**
     * Quotes a text as {@link #quoted(String)} does, up to another length.
     *
     * @param text the text, from whomever
     * @param longest how many characters of it to show before it is cut
     * @return for example {@code "orders/42"}
     */
    public static String quoted(String text, int longest) {
        StringBuilder quoted = new StringBuilder(Math.min(text.length(), longest) + 8).append('"');
        int end = 0;
        while (end < text.length() && end < longest) {
            int character = text.codePointAt(end);
            end += Character.charCount(character);
            append(quoted, character);
        }
        return quoted.append(end < text.length() ? "...\"" : "\"").toString();
    }

    private static void append(StringBuilder quoted, int character) {
        if (character == '"' || character == '\\') {
            quoted.append('\\').append((char) character);
        } else if (plain(character)) {
            quoted.appendCodePoint(character);
        } else {
            for (char unit : Character.toChars(character)) {
                quoted.append(String.format("\\u%04x", (int) unit));
            }
        }
    }

    private static boolean plain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
