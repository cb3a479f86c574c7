// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

/** What is asked when a client begins: to be let in, and what the cluster is. */
public final class Greetings {
    private static final byte[] EMPTY = {};

    private Greetings() {}

    /**
     * A request without any parameter.
     *
     * @return no bytes
     */
    public static byte[] nothing() {
        return EMPTY.clone();
    }

    /**
     * Asks for a token.
     *
     * @param user the user
     * @param password the password
     * @return the request
     */
    public static byte[] authenticate(String user, String password) {
        return new ProtoWriter().utf8(1, user).utf8(2, password).toByteArray();
    }

    /**
     * Reads the token that was given, or the version that a member says it has: both stand in the second field.
     *
     * @param bytes the answer
     * @return the text
     */
    public static String text(byte[] bytes) {
        ProtoReader reader = new ProtoReader(bytes);
        String text = "";
        while (reader.next()) {
            if (reader.field() == 2) {
                text = reader.utf8();
            }
        }
        return text;
    }

    /**
     * Counts the members that an answer lists.
     *
     * @param bytes the answer
     * @return how many
     */
    public static int members(byte[] bytes) {
        ProtoReader reader = new ProtoReader(bytes);
        int members = 0;
        while (reader.next()) {
            members += reader.field() == 2 ? 1 : 0;
        }
        return members;
    }
}
