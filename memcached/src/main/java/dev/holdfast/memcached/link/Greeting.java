// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached.link;

import dev.holdfast.memcached.wire.Changed.Outcome;
import dev.holdfast.memcached.wire.Classic;
import dev.holdfast.memcached.wire.Dialect;
import dev.holdfast.memcached.wire.Item;
import dev.holdfast.memcached.wire.Meta;
import dev.holdfast.memcached.wire.RefusedException;
import dev.holdfast.memcached.wire.Reply;
import dev.holdfast.memcached.wire.ReplyReader;
import dev.holdfast.memcached.wire.Taken;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The first words on every connection: who is there, may it be trusted with locks? Asked each time, because a server may have been started again with other
 * settings. Blocks, for as long as the connection lets it.
 */
final class Greeting {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:\\.(\\d{1,6}))?.*");

    /** Before, an expiry in the past was not one for sure, and the settings were not all told. */
    private static final int[] OLDEST = {1, 4, 20};

    private static final int[] META = {1, 6, 13};
    private static final long PROBE_SECONDS = 5;

    /** No key of a lock has a colon. */
    private static final String PROBE = "hf:probe";

    private final Access access;
    private final ReplyReader in;
    private final OutputStream out;

    Greeting(Access access, ReplyReader in, OutputStream out) {
        this.access = access;
        this.in = in;
        this.out = out;
    }

    Peer ask() throws IOException {
        String version = version();
        Map<String, String> settings = settings();
        if ("no".equals(settings.get("cas_enabled"))) {
            throw new UnfitException("it was started with -C, so it tells no versions of items, and a release could"
                    + " delete somebody else's lock. Start it without -C");
        }
        return new Peer(version, dialect(version), keepsSeconds(settings));
    }

    private String version() throws IOException {
        Reply reply = ask("version");
        if (reply.line().equals("CLIENT_ERROR unauthenticated")) {
            login();
            reply = ask("version");
        }
        if (reply.line().contains("oo many open connections")) {
            throw new IOException("it has too many connections (raise -c): " + reply.line());
        }
        if (!reply.status().equals("VERSION") || reply.words().size() < 2) {
            throw new UnfitException("what answers there is no memcached: " + shortened(reply));
        }
        String version = reply.words().get(1);
        if (!VERSION.matcher(version).matches()) {
            throw new UnfitException(
                    "it says that its version is " + shortened(reply) + ", which is none of memcached");
        }
        if (!isAtLeast(version, OLDEST)) {
            throw new UnfitException("its version is " + version + "; 1.4.20 or later is needed, better "
                    + "1.6.13 or later, which has the meta commands");
        }
        return version;
    }

    /** Only when it is asked for: without need, "auth" would be the key of an item, and the password its value. */
    private void login() throws IOException {
        String user = access.user();
        String password = access.password();
        if (user == null || password == null) {
            throw new UnfitException("it wants a user and a password: memcached://user:password@host");
        }
        byte[] words = (user + " " + password).getBytes(StandardCharsets.UTF_8);
        send(("set auth 0 0 " + words.length + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        send(words);
        send(new byte[] {'\r', '\n'});
        Reply reply = in.next();
        if (!reply.status().equals("STORED")) {
            throw new UnfitException("user or password is wrong (" + shortened(reply) + ")");
        }
    }

    private Map<String, String> settings() throws IOException {
        Reply reply = ask("stats settings");
        Map<String, String> settings = new HashMap<>();
        for (String line : reply.lines()) {
            String[] words = line.split(" ", 3);
            if (words.length == 3) {
                settings.put(words[1], words[2]);
            }
        }
        return settings;
    }

    private static long keepsSeconds(Map<String, String> settings) {
        if ("off".equals(settings.get("evictions"))) {
            return Peer.KEEPS_ALL;
        }
        if (!"yes".equals(settings.get("temp_lru"))) {
            return 0;
        }
        try {
            return Long.parseLong(settings.getOrDefault("temporary_ttl", "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private Dialect dialect(String version) throws IOException {
        if (isAtLeast(version, META) && keepsVersions(new Meta())) {
            return new Meta();
        }
        if (keepsVersions(new Classic())) {
            return new Classic();
        }
        throw new UnfitException("its version is " + version
                + ", and it does not keep the versions of items as memcached does: it changed or"
                + " removed one of another version, or did not do so with the right one. Connect to memcached itself, not to"
                + " a proxy or another product");
    }

    static boolean isAtLeast(String version, int[] least) {
        Matcher parts = VERSION.matcher(version);
        if (!parts.matches()) {
            return false;
        }
        for (int i = 0; i < least.length; i++) {
            String part = parts.group(i + 1);
            int number = part == null ? 0 : Integer.parseInt(part);
            if (number != least[i]) {
                return number > least[i];
            }
        }
        return true;
    }

    /** Takes, keeps and releases a lock that nobody else has, with a wrong version too. */
    private boolean keepsVersions(Dialect dialect) throws IOException {
        String key = PROBE + ":" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        byte[] value = key.getBytes(StandardCharsets.ISO_8859_1);
        try {
            send(dialect.take(key, PROBE, value, PROBE_SECONDS, 1, 0));
            Taken taken = dialect.taken(replies(dialect.repliesToTake()));
            Item item = taken.item();
            if (!taken.stored() || item == null || item.cas() == 0) {
                return false;
            }
            send(dialect.replace(key, value, PROBE_SECONDS, item.cas() + 1, 0));
            boolean refuses =
                    dialect.replaced(replies(dialect.repliesToReplace()), value).outcome() == Outcome.OTHER;
            send(dialect.remove(key, item.cas() + 1, 0));
            refuses &= dialect.removed(in.next()).outcome() == Outcome.OTHER;
            send(dialect.replace(key, value, PROBE_SECONDS, item.cas(), 0));
            long kept =
                    dialect.replaced(replies(dialect.repliesToReplace()), value).cas();
            send(dialect.remove(key, kept, 0));
            boolean removes = dialect.removed(in.next()).outcome() == Outcome.DONE;
            send(dialect.read(key, 0));
            @Nullable Item left = dialect.item(in.next());
            return refuses && kept != 0 && kept != item.cas() && removes && left == null;
        } catch (RefusedException e) {
            if (e.isOutOfMemory()) {
                throw new IOException("its memory is full, and it evicts nothing (-M): " + e.line(), e);
            }
            if (e.endsTheConnection()) {
                throw new UnfitException("it does not do what its version should: " + e.line());
            }
            throw new IOException(e.line(), e);
        }
    }

    private List<Reply> replies(int count) throws IOException {
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            replies.add(in.next());
        }
        return replies;
    }

    private Reply ask(String command) throws IOException {
        send((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return in.next();
    }

    private void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    private static String shortened(Reply reply) {
        String line = reply.line();
        return line.substring(0, Math.min(80, line.length())).replaceAll("[^ -~]", "?");
    }
}
