// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.trials.history;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of a record. Each has two halves with a checksum of its own, because a process may be killed between a call and its return,
 * and in the middle of writing either.
 */
final class Layout {
    static final int RECORD = 64;
    /** "HFHIST01", read as a little-endian number. */
    static final long MAGIC = 0x3130_5453_4948_4648L;

    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Beside the codes of {@link Kind}: a record with the bytes of a name behind it. */
    static final int NAME = 0x7F;

    static final int MOST_THREADS = 1 << 24;

    private static final int CALL_CHECK = 0;
    private static final int KIND_AND_THREAD = 4;
    private static final int CALL = 8;
    private static final int NAME_SLOT = 16;
    private static final int HOLD = 20;
    private static final int SUBJECT = 24;
    private static final int RETURN_CHECK = 32;
    private static final int OUTCOME = 36;
    private static final int RETURN = 40;
    private static final int TOKEN = 48;
    private static final int VALID_UNTIL = 56;

    private Layout() {}

    static void writeHeader(ByteBuffer file, long pid) {
        file.putLong(8, pid);
        file.putLong(16, System.nanoTime());
        file.putLong(24, System.currentTimeMillis());
        file.putLong(0, MAGIC);
    }

    static long pid(ByteBuffer file) {
        return file.getLong(8);
    }

    static void writeCall(ByteBuffer to, int at, int kindAndThread, long call, int name, int hold, long subject) {
        to.putInt(at + KIND_AND_THREAD, kindAndThread);
        to.putLong(at + CALL, call);
        to.putInt(at + NAME_SLOT, name);
        to.putInt(at + HOLD, hold);
        to.putLong(at + SUBJECT, subject);
        to.putInt(at + CALL_CHECK, callCheck(to, at));
    }

    static void writeReturn(ByteBuffer to, int at, Outcome outcome, long returned, long token, long validUntil) {
        to.putInt(at + OUTCOME, outcome.code());
        to.putLong(at + RETURN, returned);
        to.putLong(at + TOKEN, token);
        to.putLong(at + VALID_UNTIL, validUntil);
        to.putInt(at + RETURN_CHECK, returnCheck(to, at));
    }

    static int kindAndThread(int kind, long thread) {
        return kind << 24 | (int) (thread % MOST_THREADS);
    }

    static boolean isEmpty(ByteBuffer from, int at) {
        for (int i = 0; i < RECORD; i += Long.BYTES) {
            if (from.getLong(at + i) != 0) {
                return false;
            }
        }
        return true;
    }

    static boolean hasCall(ByteBuffer from, int at) {
        return from.getInt(at + CALL_CHECK) == callCheck(from, at);
    }

    static boolean hasReturn(ByteBuffer from, int at) {
        return from.getInt(at + RETURN_CHECK) == returnCheck(from, at);
    }

    /** Whether the half of the return was begun. */
    static boolean beganReturn(ByteBuffer from, int at) {
        for (int i = RETURN_CHECK; i < RECORD; i += Long.BYTES) {
            if (from.getLong(at + i) != 0) {
                return true;
            }
        }
        return false;
    }

    static int kind(ByteBuffer from, int at) {
        return from.getInt(at + KIND_AND_THREAD) >>> 24;
    }

    static int thread(ByteBuffer from, int at) {
        return from.getInt(at + KIND_AND_THREAD) & (MOST_THREADS - 1);
    }

    static long call(ByteBuffer from, int at) {
        return from.getLong(at + CALL);
    }

    static int nameSlot(ByteBuffer from, int at) {
        return from.getInt(at + NAME_SLOT);
    }

    static int hold(ByteBuffer from, int at) {
        return from.getInt(at + HOLD);
    }

    static long subject(ByteBuffer from, int at) {
        return from.getLong(at + SUBJECT);
    }

    static int outcome(ByteBuffer from, int at) {
        return from.getInt(at + OUTCOME);
    }

    static long returned(ByteBuffer from, int at) {
        return from.getLong(at + RETURN);
    }

    static long token(ByteBuffer from, int at) {
        return from.getLong(at + TOKEN);
    }

    static long validUntil(ByteBuffer from, int at) {
        return from.getLong(at + VALID_UNTIL);
    }

    private static int callCheck(ByteBuffer of, int at) {
        long sum = mix(of.getInt(at + KIND_AND_THREAD), of.getLong(at + CALL));
        sum = mix(sum, of.getLong(at + NAME_SLOT));
        return folded(mix(sum, of.getLong(at + SUBJECT)));
    }

    private static int returnCheck(ByteBuffer of, int at) {
        long sum = mix(of.getInt(at + CALL_CHECK), of.getInt(at + OUTCOME));
        sum = mix(sum, of.getLong(at + RETURN));
        sum = mix(sum, of.getLong(at + TOKEN));
        return folded(mix(sum, of.getLong(at + VALID_UNTIL)));
    }

    /** Any odd constant with many bits does; a torn record differs in whole fields, and the writer is no adversary. */
    private static long mix(long sum, long value) {
        long mixed = (sum ^ value) * 0x9E37_79B9_7F4A_7C15L;
        return mixed ^ mixed >>> 29;
    }

    /** Never 0, which is what stands in an empty record. */
    private static int folded(long sum) {
        int folded = (int) (sum ^ sum >>> 32);
        return folded == 0 ? 1 : folded;
    }
}
