// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.memcached;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What an operator does by hand: one connection for each command, so that a server may be stopped and started in between. */
final class Operator {
    private static final int ROUNDS = 3;

    private final InetSocketAddress server;

    Operator(InetSocketAddress server) {
        this.server = server;
    }

    /** The reply, or replies, to commands that end with {@code mn}. */
    private List<String> lines(String commands, String last) {
        try (Socket socket = new Socket()) {
            socket.connect(server, 5_000);
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(commands.getBytes(StandardCharsets.UTF_8));
            BufferedInputStream in = new BufferedInputStream(socket.getInputStream());
            List<String> lines = new ArrayList<>();
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.append((char) next);
                if (next == '\n') {
                    String text = line.toString().trim();
                    line.setLength(0);
                    if (text.equals(last)) {
                        break;
                    }
                    lines.add(text);
                }
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the server says to some commands, line by line. */
    List<String> say(String commands) {
        return lines(commands + "\r\nmn\r\n", "MN");
    }

    /** The keys of all locks that are held now. */
    Set<String> locks() {
        Set<String> held = new TreeSet<>();
        for (String line : dump()) {
            String key = line.startsWith("key=") ? line.substring(4).split(" ", 2)[0] : "";
            if (!key.isEmpty() && !key.contains("%3A") && !key.contains(":") && isThere(key)) {
                held.add(key);
            }
        }
        return held;
    }

    /** The crawler passes over an item that somebody else has its hands on, or that moves to another list: so it goes round several times. */
    private Set<String> dump() {
        Set<String> all = new TreeSet<>();
        for (int rounds = 0; rounds < ROUNDS; ) {
            List<String> lines = lines("lru_crawler metadump all\r\n", "END");
            if (lines.isEmpty() || !lines.get(0).startsWith("BUSY")) {
                all.addAll(lines);
                rounds++;
            }
        }
        return all;
    }

    private boolean isThere(String key) {
        return !say("mg " + key).get(0).startsWith("EN");
    }

    String valueOf(String key) {
        List<String> lines = say("mg " + key + " v");
        return lines.size() < 2 ? "" : lines.get(1);
    }

    void delete(String key) {
        say("md " + key);
    }

    /** Puts something that stays for some seconds, or for ever with 0. */
    void put(String key, String value, int seconds) {
        say("set " + key + " 0 " + seconds + " " + value.length() + "\r\n" + value);
    }

    void flush() {
        say("flush_all");
    }
}
