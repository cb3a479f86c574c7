// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.scripted;

import dev.holdfast.BackendException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What goes wrong between one client and the store. */
final class LinkFaults {
    enum Verdict {
        PASS,
        TWICE,
        KEPT,
        LOST
    }

    /** A refusal of the next requests. */
    record Refusal(BackendException cause, boolean mayHaveApplied) {}

    private boolean silent;
    private boolean stalled;
    private boolean withoutPushes;
    private int repliesToLose;
    private int requestsToLose;
    private boolean holdNext;
    private boolean doubleNext;
    private int refusals;
    private @Nullable Refusal refusal;
    private final List<Message> stalledMessages = new ArrayList<>();
    private @Nullable Message held;

    synchronized Verdict judge(Message message) {
        if (silent) {
            return Verdict.LOST;
        }
        return switch (message.kind()) {
            case REQUEST -> message.isAboutLock() ? judgeRequest(message) : Verdict.PASS;
            case REPLY -> message.isAboutLock() && repliesToLose > 0 ? loseReply() : back(message);
            case PUSH -> withoutPushes ? Verdict.LOST : back(message);
        };
    }

    private Verdict judgeRequest(Message message) {
        if (requestsToLose > 0) {
            requestsToLose--;
            return Verdict.LOST;
        }
        if (holdNext) {
            holdNext = false;
            held = message;
            return Verdict.KEPT;
        }
        if (doubleNext) {
            doubleNext = false;
            return Verdict.TWICE;
        }
        return Verdict.PASS;
    }

    private Verdict loseReply() {
        repliesToLose--;
        return Verdict.LOST;
    }

    private Verdict back(Message message) {
        if (stalled) {
            stalledMessages.add(message);
            return Verdict.KEPT;
        }
        return Verdict.PASS;
    }

    synchronized @Nullable Refusal takeRefusal() {
        if (refusals == 0) {
            return null;
        }
        refusals--;
        return refusal;
    }

    synchronized void silence() {
        silent = true;
    }

    synchronized void stall() {
        stalled = true;
    }

    synchronized void dropPushes() {
        withoutPushes = true;
    }

    synchronized void loseReplies(int number) {
        repliesToLose = number;
    }

    synchronized void loseRequests(int number) {
        requestsToLose = number;
    }

    synchronized void holdNext() {
        holdNext = true;
    }

    synchronized void doubleNext() {
        doubleNext = true;
    }

    synchronized void refuse(int number, Refusal how) {
        refusals = number;
        refusal = how;
    }

    synchronized @Nullable Message takeHeld() {
        Message taken = held;
        held = null;
        return taken;
    }

    /** Ends what lasts; returns what was held back. */
    synchronized List<Message> heal() {
        silent = false;
        stalled = false;
        withoutPushes = false;
        List<Message> late = List.copyOf(stalledMessages);
        stalledMessages.clear();
        return late;
    }
}
