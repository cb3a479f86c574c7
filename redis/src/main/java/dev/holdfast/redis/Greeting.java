// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.PlainRequest;
import dev.holdfast.redis.link.RefusedException;
import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.link.Wire;
import dev.holdfast.redis.script.Script;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a node says when a connection to it begins, and what it is told: the scripts. */
final class Greeting {
    private static final int SHARDED_CHANNELS_SINCE = 7;

    private final Map<String, String> facts = new HashMap<>();

    private Greeting() {}

    /** Asks a node who it is, and loads the scripts. Fails if it does not serve this client. */
    static CompletableFuture<Greeting> on(Wire wire) {
        return on(wire, Script.all());
    }

    /** The same with other scripts. */
    static CompletableFuture<Greeting> on(Wire wire, List<Script> scripts) {
        Greeting greeting = new Greeting();
        List<CompletableFuture<?>> answers = new ArrayList<>();
        CompletableFuture<Void> hello = ask(wire, "HELLO", "3").thenAccept(greeting::readHello);
        // Before anything of a lock is asked for: each request says by when it is worth doing, in the server's time.
        answers.add(readClock(wire));
        for (Script script : scripts) {
            answers.add(optional(ask(wire, "SCRIPT", "LOAD", script.text())));
        }
        // Not everybody may ask for these two, and nothing but warnings and tiers depends on them.
        answers.add(whatever(ask(wire, "INFO")).thenAccept(reply -> greeting.readInfo(reply)));
        answers.add(whatever(ask(wire, "CONFIG", "GET", "*append*")).thenAccept(reply -> greeting.readPairs(reply)));
        CompletableFuture<Void> rest = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
        // A sentinel has no scripts, and is to be told from a node that refuses them.
        return hello.thenCompose(done -> greeting.isSentinel() ? hello : rest).thenApply(done -> greeting);
    }

    private static CompletableFuture<Void> readClock(Wire wire) {
        long sent = System.nanoTime();
        return whatever(ask(wire, "TIME")).thenAccept(reply -> {
            if (reply == null) {
                wire.clock().forget();
            } else {
                wire.clock().answered(sent, micros(reply));
            }
        });
    }

    private static long micros(Reply time) {
        try {
            return Long.parseLong(String.valueOf(time.text(0))) * 1_000_000
                    + Long.parseLong(String.valueOf(time.text(1)));
        } catch (NumberFormatException e) {
            throw Faults.fatal(
                    null, "Redis answered TIME with " + time.texts() + ". Is there a proxy that changes replies?");
        }
    }

    private static CompletableFuture<Reply> ask(Wire wire, String... words) {
        PlainRequest request = new PlainRequest(words);
        wire.send(request);
        return request.future();
    }

    /** A user who may not ask goes without, and so does one of a server that does not know the command. */
    private static CompletableFuture<@Nullable Reply> whatever(CompletableFuture<Reply> answer) {
        return answer.handle((reply, failure) -> {
            if (failure == null || failure instanceof RefusedException) {
                return reply;
            }
            throw new CompletionException(failure);
        });
    }

    /** A user who may not ask goes without. */
    private static CompletableFuture<@Nullable Reply> optional(CompletableFuture<Reply> answer) {
        return answer.handle((reply, failure) -> {
            if (failure == null) {
                return reply;
            }
            if (failure instanceof RefusedException
                    && String.valueOf(failure.getMessage()).contains("NOPERM")) {
                return null;
            }
            throw new CompletionException(failure);
        });
    }

    /** Names and values take turns; the list of modules comes last, and numbers are apart. */
    private void readHello(Reply reply) {
        List<@Nullable String> texts = reply.texts();
        for (int i = 0; i + 1 < texts.size(); i++) {
            String name = texts.get(i);
            if ("version".equals(name) || "mode".equals(name) || "role".equals(name)) {
                facts.put(name, String.valueOf(texts.get(i + 1)));
            }
        }
    }

    private void readInfo(@Nullable Reply reply) {
        String text = reply == null ? null : reply.text(0);
        if (text != null) {
            text.lines()
                    .map(line -> line.split(":", 2))
                    .filter(pair -> pair.length == 2)
                    .forEach(pair -> facts.putIfAbsent(pair[0], pair[1]));
        }
    }

    private void readPairs(@Nullable Reply reply) {
        List<@Nullable String> texts = reply == null ? List.of() : reply.texts();
        for (int i = 0; i + 1 < texts.size(); i += 2) {
            facts.put(String.valueOf(texts.get(i)), String.valueOf(texts.get(i + 1)));
        }
    }

    private String fact(String name) {
        return facts.getOrDefault(name, "").toLowerCase(Locale.ROOT);
    }

    boolean isReplica() {
        return fact("role").startsWith("slave") || fact("role").startsWith("replica");
    }

    boolean isCluster() {
        return fact("mode").equals("cluster");
    }

    boolean isSentinel() {
        return fact("mode").equals("sentinel");
    }

    /** The number before the first dot. */
    int version() {
        String version = fact("version");
        int dot = version.indexOf('.');
        try {
            return Integer.parseInt(dot < 0 ? version : version.substring(0, dot));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    String versionText() {
        return fact("version");
    }

    /**
     * The command by which a client listens. A channel of a shard is counted without those who listen to patterns: a monitor that listens
     * to everything would make dead clients look alive.
     */
    String subscribeCommand() {
        return version() >= SHARDED_CHANNELS_SINCE ? "SSUBSCRIBE" : "SUBSCRIBE";
    }

    String publishCommand() {
        return version() >= SHARDED_CHANNELS_SINCE ? "SPUBLISH" : "PUBLISH";
    }

    /** Whether the server says that what it answered is on the disk and stays, and that it has no replica that could take over without it. */
    boolean isDurable() {
        return fact("appendonly").equals("yes")
                && fact("appendfsync").equals("always")
                && fact("no-appendfsync-on-rewrite").equals("no")
                && evictionPolicy() == null
                && fact("connected_slaves").equals("0");
    }

    /** The policy by which the server throws locks away when its memory is full, or null if it does not. */
    @Nullable
    String evictionPolicy() {
        String policy = fact("maxmemory_policy");
        return policy.isEmpty()
                        || policy.equals("noeviction")
                        || fact("maxmemory").equals("0")
                ? null
                : policy;
    }

    /** Which start of the server this is, or an empty text if it does not tell. */
    String runId() {
        return fact("run_id");
    }

    /** For how long the server has been running at least, in seconds; less than 0 if it does not tell. */
    long uptime() {
        try {
            return Long.parseLong(fact("uptime_in_seconds"));
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
