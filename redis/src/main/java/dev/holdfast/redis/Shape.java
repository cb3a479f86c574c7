// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.redis;

import dev.holdfast.redis.link.Reply;
import dev.holdfast.redis.script.Script;

/**
 * Whether an answer looks like one of the scripts. What a proxy or another script makes up must not be read as "somebody else has it" or as "gone":
 * it says nothing about a lock.
 */
final class Shape {
    private Shape() {}

    /** The clock, and what was asked for. */
    static boolean isAcquisition(Reply answer) {
        return answer.number(0) > 0 && isAcquisition(answer, 1);
    }

    private static boolean isAcquisition(Reply answer, int at) {
        int more = answer.numbers() - at - 1;
        long code = answer.number(at);
        if (code == LockCall.GRANTED) {
            return more >= 2 && answer.number(at + 1) > 0;
        }
        return code == LockCall.IN_LINE ? more >= 2 : code == LockCall.TAKEN ? more >= 1 : code == LockCall.TOO_LATE;
    }

    /** Whether it was held, the clock or 0, and for a next claim what was asked for, unless that came too late. */
    static boolean isRelease(Reply answer, boolean hasNext) {
        return answer.numbers() >= 2
                && isFlag(answer.number(0))
                && answer.number(1) >= 0
                && (!hasNext || answer.numbers() == 2 || isAcquisition(answer, 2));
    }

    /** The clock, and a yes or no for each claim. */
    static boolean isRenewal(Reply answer, int claims) {
        if (answer.numbers() != 1 + claims || answer.number(0) <= 0) {
            return false;
        }
        for (int i = 1; i <= claims; i++) {
            if (!isFlag(answer.number(i))) {
                return false;
            }
        }
        return true;
    }

    /** The clock, and what a script about votes has to say besides. */
    static boolean isAboutVotes(Script script, int keys, Reply answer) {
        int more = script == Script.RENEW_VOTES ? keys / 2 : script == Script.REPAIR ? 0 : 1;
        return answer.number(0) > 0 && answer.numbers() > more;
    }

    private static boolean isFlag(long number) {
        return number == 0 || number == 1;
    }
}
