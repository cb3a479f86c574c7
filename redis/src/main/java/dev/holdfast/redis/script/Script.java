// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis.script;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A script in Lua, and the digest by which Redis calls it once it has seen it. */
public final class Script {
    /** Asks for a lock. */
    public static final Script ACQUIRE =
            new Script("clock.lua", "grant.lua", "acquire-free.lua", "line.lua", "common.lua", "acquire.lua");

    /** Gives a lock or a place in line back, and asks for the lock again at the same time. */
    public static final Script RELEASE = new Script(
            "release-free.lua",
            "clock.lua",
            "grant.lua",
            "line.lua",
            "release-to-next.lua",
            "common.lua",
            "release.lua");

    /** Renews many locks. */
    public static final Script RENEW = new Script("clock.lua", "renew.lua");

    /** Looks at a lock. */
    public static final Script INSPECT = new Script("inspect.lua");

    /** Takes a lock away. */
    public static final Script FORCE = new Script("clock.lua", "grant.lua", "line.lua", "common.lua", "force.lua");

    /** Asks one node of several for its vote. */
    public static final Script VOTE = new Script("clock.lua", "fence.lua", "vote.lua");

    /** Writes the fence of a grant to a node that has voted for it. */
    public static final Script WRITE_FENCE = new Script("clock.lua", "fence.lua", "write-fence.lua");

    /** Renews many votes. */
    public static final Script RENEW_VOTES = new Script("clock.lua", "fence.lua", "renew-votes.lua");

    /** Gives a holder the vote of a node that has forgotten it. */
    public static final Script REPAIR = new Script("clock.lua", "fence.lua", "repair.lua");

    /** Takes a vote back. */
    public static final Script TAKE_BACK = new Script("clock.lua", "fence.lua", "take-back.lua");

    /** Looks at a vote. */
    public static final Script LOOK = new Script("clock.lua", "look.lua");

    /** Takes a vote away from its holder. */
    public static final Script REVOKE = new Script("clock.lua", "fence.lua", "revoke.lua");

    private final String text;
    private final String digest;

    private Script(String... resources) {
        StringBuilder all = new StringBuilder();
        for (String resource : resources) {
            all.append(read(resource));
        }
        text = all.toString();
        try {
            byte[] sha = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            digest = HexFormat.of().formatHex(sha);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }

    /** Without the comments: they are for readers, not for the server. */
    private static String read(String resource) {
        try (InputStream in = Script.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            StringBuilder lines = new StringBuilder();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("--"))
                    .forEach(line -> lines.append(line).append('\n'));
            return lines.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * All of them.
     *
     * @return the scripts
     */
    public static List<Script> all() {
        return List.of(ACQUIRE, RELEASE, RENEW, INSPECT, FORCE);
    }

    /**
     * The scripts of locks that several independent servers vote on.
     *
     * @return the scripts
     */
    public static List<Script> ofVotes() {
        return List.of(VOTE, WRITE_FENCE, RENEW_VOTES, REPAIR, TAKE_BACK, LOOK, REVOKE);
    }

    /**
     * What Redis runs.
     *
     * @return Lua
     */
    public String text() {
        return text;
    }

    /**
     * How Redis calls it.
     *
     * @return 40 hexadecimal digits
     */
    public String digest() {
        return digest;
    }
}
