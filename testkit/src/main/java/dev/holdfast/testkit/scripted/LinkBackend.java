// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.BackendException;
import dev.holdfast.LeaseLoss;
import dev.holdfast.LockInfo;
import dev.holdfast.internal.engine.Platform;
import dev.holdfast.spi.BackendEvents;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Deployment;
import dev.holdfast.spi.LockBackend;
import dev.holdfast.spi.Page;
import dev.holdfast.testkit.scripted.Exchange.Answer;
import dev.holdfast.testkit.scripted.Exchange.Refused;
import dev.holdfast.testkit.scripted.Records.Outcome;
import dev.holdfast.testkit.scripted.Records.Pushed;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The client's side of the protocol: makes requests out of calls, and answers out of replies and pushes. */
final class LinkBackend implements LockBackend {
    private static final String ID = "scripted";

    private final ScriptedStore store;
    private final ScriptedLink link;
    private final Exchange exchange;
    private volatile @Nullable BackendEvents events;
    private volatile boolean closed;
    private @Nullable LinkSession session;
    private int sessions;
    private Platform.@Nullable Alarm beat;

    LinkBackend(ScriptedStore store, ScriptedLink link) {
        this.store = store;
        this.link = link;
        exchange = new Exchange(store, link, () -> closed);
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Deployment open(BackendEvents toTell, Duration timeout) {
        events = toTell;
        Platform platform = link.platform();
        if (platform != null && store.rules().sessionBound()) {
            beat = platform.alarm("session", this::beat);
        }
        return store.rules().deployment();
    }

    private BackendEvents events() {
        return Objects.requireNonNull(events, "not opened");
    }

    // Locks

    @Override
    public void acquire(Claim claim) {
        Acquiring acquiring = new Acquiring(claim);
        exchange.ask(
                "acquire " + link.alias(claim) + (acquiring.waits ? " or wait" : ""),
                claim.giveUpNanos(),
                records -> {
                    Outcome outcome = acquiring.apply(records);
                    long revision = revision(records, claim);
                    return new Answer(link.alias(claim) + " " + outcome, () -> acquiring.answer(outcome, revision));
                },
                claim::failed);
    }

    private static long revision(Records records, Claim claim) {
        Standing holder = records.holder(claim.key());
        return holder == null ? 0 : holder.revision;
    }

    /** One acquire request. */
    private final class Acquiring {
        private final Claim claim;
        private final Attempt attempt;
        private final long sentNanos = link.nanoTime();
        private final long leaseNanos;
        private final boolean waits;
        private final @Nullable LinkSession in;

        Acquiring(Claim claim) {
            this.claim = claim;
            attempt = link.attempt(claim);
            leaseNanos = claim.leaseNanos();
            waits = claim.waits();
            in = currentSession();
            attempt.session = in;
            attempt.sends(sentNanos);
        }

        Outcome apply(Records records) {
            return records.acquire(link, claim, leaseNanos, waits, in == null ? null : in.id());
        }

        void answer(Outcome outcome, long revision) {
            if (in != null && outcome != Outcome.SESSION_OVER) {
                in.answered(sentNanos);
            }
            switch (outcome) {
                case GRANTED -> granted(claim, attempt, revision, attempt.keptSince(sentNanos));
                case FOUND -> granted(claim, attempt, revision, attempt.countsFrom());
                case QUEUED -> {
                    attempt.keptSince(sentNanos);
                    claim.queued();
                }
                case BUSY -> claim.busy(0);
                case SPOILED ->
                    claim.failed(
                            BackendException.fatal(ID, claim.name(), "the record is not one of a lock", null), false);
                case SESSION_OVER -> {
                    sessionLost(in);
                    claim.failed(BackendException.transientFault(ID, claim.name(), "the session is over", null), false);
                }
            }
        }
    }

    private void granted(Claim claim, Attempt attempt, long revision, long countsFrom) {
        LinkSession bound = attempt.session;
        if (bound == null) {
            claim.granted(revision, countsFrom, claim.leaseNanos());
        } else {
            claim.granted(revision, bound);
        }
    }

    @Override
    public void withdraw(Claim claim) {
        exchange.ask("withdraw " + link.alias(claim), claim.giveUpNanos(), leaving(claim), notFreed(claim));
    }

    private Function<Records, Answer> leaving(Claim claim) {
        return records -> {
            boolean held = records.leave(claim);
            return new Answer(link.alias(claim) + (held ? " freed" : " is not there"), () -> claim.freed(held));
        };
    }

    private static Refused notFreed(Claim claim) {
        return (cause, mayHaveApplied) -> claim.notFreed(cause);
    }

    @Override
    public void release(Claim claim, @Nullable Claim next) {
        if (next == null) {
            exchange.ask("release " + link.alias(claim), claim.giveUpNanos(), leaving(claim), notFreed(claim));
            return;
        }
        Acquiring acquiring = new Acquiring(next);
        exchange.ask(
                "release " + link.alias(claim) + ", then acquire " + link.alias(next),
                claim.giveUpNanos(),
                records -> {
                    boolean held = records.leave(claim);
                    Outcome outcome = acquiring.apply(records);
                    long revision = revision(records, next);
                    return new Answer(
                            link.alias(claim) + (held ? " freed" : " is not there") + ", " + link.alias(next) + " "
                                    + outcome,
                            () -> {
                                claim.freed(held);
                                acquiring.answer(outcome, revision);
                            });
                },
                (cause, mayHaveApplied) -> {
                    claim.notFreed(cause);
                    next.failed(cause, mayHaveApplied);
                });
    }

    @Override
    public void renew(List<Claim> claims) {
        long sentNanos = link.nanoTime();
        exchange.ask(
                "renew " + aliases(claims),
                claims.get(0).giveUpNanos(),
                records -> {
                    List<Claim> renewed = claims.stream()
                            .filter(claim -> records.renew(claim, claim.leaseNanos()))
                            .toList();
                    return new Answer(
                            renewed.size() == claims.size()
                                    ? "renewed " + aliases(claims)
                                    : "renewed only " + aliases(renewed),
                            () -> answerRenewal(claims, renewed, sentNanos));
                },
                (cause, mayHaveApplied) -> claims.forEach(claim -> claim.notRenewed(cause)));
    }

    private void answerRenewal(List<Claim> claims, List<Claim> renewed, long sentNanos) {
        for (Claim claim : claims) {
            if (!renewed.contains(claim)) {
                claim.gone(store.rules().sessionBound() ? LeaseLoss.SESSION_CLOSED : LeaseLoss.TAKEN_OVER);
            } else {
                if (!store.rules().sessionBound()) {
                    link.attempt(claim).keptSince(sentNanos);
                }
                claim.renewed(sentNanos);
            }
        }
    }

    private String aliases(List<Claim> claims) {
        return claims.stream().map(link::alias).collect(Collectors.joining(","));
    }

    @Override
    public void releaseAll(List<Claim> claims, long giveUpNanos) {
        List<Claim> known = claims.stream()
                .filter(claim -> claim.attachment() instanceof Attempt)
                .toList();
        if (!known.isEmpty()) {
            exchange.askAndWait(
                    "release all",
                    giveUpNanos,
                    records -> {
                        List<Claim> held = known.stream().filter(records::leave).toList();
                        return new Answer(
                                "all released", () -> known.forEach(claim -> claim.freed(held.contains(claim))));
                    },
                    (cause, mayHaveApplied) -> known.forEach(claim -> claim.notFreed(cause)));
        }
    }

    // Operators

    @Override
    public CompletionStage<@Nullable LockInfo> inspect(String key) {
        return exchange.askFor("inspect " + key, records -> {
            Standing holder = records.holder(key);
            return holder == null ? null : store.describe(records, holder);
        });
    }

    @Override
    public CompletionStage<Page> list(String prefix, @Nullable String cursor) {
        return exchange.askFor("list " + prefix, records -> store.page(records, prefix, cursor));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key, boolean now) {
        return exchange.askFor("force " + key, records -> records.force(key, now));
    }

    // What the store says unasked

    void pushed(Pushed pushed) {
        Claim claim = pushed.to().claim;
        switch (pushed.push()) {
            case GRANTED -> {
                Attempt attempt = link.attempt(claim);
                LinkSession bound = attempt.session;
                if (bound != null) {
                    bound.answered(attempt.countsFrom());
                }
                granted(claim, attempt, pushed.revision(), attempt.countsFrom());
            }
            case CONTENDED -> events().contended(claim);
            case WAKE -> events().wake(claim.key());
            case GONE -> events().gone(claim, LeaseLoss.TAKEN_OVER);
        }
    }

    boolean isClosed() {
        return closed;
    }

    // The session

    private @Nullable LinkSession currentSession() {
        if (!store.rules().sessionBound()) {
            return null;
        }
        synchronized (exchange) {
            LinkSession current = session;
            if (current == null || !current.isUsable()) {
                current = new LinkSession(
                        link.name() + "/" + ++sessions, link, store.rules().sessionNanos());
                session = current;
                beatLater();
            }
            return current;
        }
    }

    private void beatLater() {
        long third = store.rules().sessionNanos() / 3;
        Platform.Alarm alarm = beat;
        if (alarm != null) {
            alarm.set(link.nanoTime() + third);
        } else {
            CompletableFuture.delayedExecutor(third, java.util.concurrent.TimeUnit.NANOSECONDS)
                    .execute(this::beat);
        }
    }

    private void beat() {
        LinkSession current;
        synchronized (exchange) {
            current = session;
            if (closed || current == null || current.isOver()) {
                return;
            }
            beatLater();
        }
        long sentNanos = link.nanoTime();
        exchange.beat("still here", records -> {
            boolean alive = records.touch(current.id()) != null;
            return new Answer(alive ? "still here" : "session over", () -> {
                if (!alive || !current.answered(sentNanos)) {
                    sessionLost(current);
                }
            });
        });
    }

    private void sessionLost(@Nullable LinkSession lost) {
        if (lost != null) {
            lost.end();
            events().sessionLost(lost, LeaseLoss.SESSION_CLOSED);
        }
    }

    /** The client's session, or null before its first request and after its end. */
    @Nullable
    LinkSession session() {
        synchronized (exchange) {
            return session;
        }
    }

    void endSessionAtStore() {
        LinkSession current = session();
        if (current != null) {
            store.change(records -> {
                records.endSession(current.id());
                return null;
            });
        }
    }

    @Override
    public void close() {
        LinkSession current;
        synchronized (exchange) {
            current = session;
            session = null;
        }
        if (current != null) {
            exchange.beat("goodbye", records -> {
                records.endSession(current.id());
                return new Answer("goodbye", () -> {});
            });
        }
        closed = true;
        Platform.Alarm alarm = beat;
        if (alarm != null) {
            alarm.end();
        }
    }
}
