// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.internal.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The waiting tickets of a name in order of arrival. Linked through the tickets, so that leaving from the middle costs nothing. */
final class TicketLine {
    private @Nullable Ticket head;
    private @Nullable Ticket tail;
    private int size;
    private int once;
    private int arrival;

    void append(Ticket ticket) {
        ticket.inLine = true;
        ticket.previous = tail;
        if (tail == null) {
            head = ticket;
        } else {
            tail.next = ticket;
        }
        tail = ticket;
        count(ticket, 1);
    }

    /** Does nothing if the ticket is not in line. */
    void remove(Ticket ticket) {
        if (!ticket.inLine) {
            return;
        }
        ticket.inLine = false;
        Ticket before = ticket.previous;
        Ticket after = ticket.next;
        if (before == null) {
            head = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tail = before;
        } else {
            after.previous = before;
        }
        ticket.previous = null;
        ticket.next = null;
        count(ticket, -1);
    }

    private void count(Ticket ticket, int change) {
        size += change;
        if (ticket.once) {
            once += change;
        }
        if (ticket.terms.arrival) {
            arrival += change;
        }
    }

    /** From now on the ticket waits for one answer only. */
    void becomesOnce(Ticket ticket) {
        ticket.once = true;
        once++;
    }

    @Nullable
    Ticket first() {
        return head;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether anybody waits for more than the next answer. */
    boolean hasPatient() {
        return size > once;
    }

    boolean hasOnce() {
        return once > 0;
    }

    /** Whether the first has a minHold, which must outlive a crash of its holder and so needs the whole lease from the start. */
    boolean firstKeepsIt() {
        return head != null && head.terms.minHoldNanos > 0;
    }

    /** Whether anybody must not be overtaken. */
    boolean keepsOrder() {
        return arrival > 0;
    }

    /** Visits all in order; the visitor may remove the ticket that it visits. */
    void forEach(Consumer<Ticket> visitor) {
        Ticket ticket = head;
        while (ticket != null) {
            Ticket following = ticket.next;
            visitor.accept(ticket);
            ticket = following;
        }
    }
}
