// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.cli.console;

/** How the command ends. The numbers from 64 up are those of sysexits.h, the ones from 126 up those of sh. */
public final class ExitCodes {
    public static final int OK = 0;
    public static final int FAILURE = 1;
    public static final int USAGE = 2;
    /** As scripts of services have it: what was asked about is not in use. */
    public static final int FREE = 3;

    /** As neither good nor bad: nobody may take a run for a proof that is none. */
    public static final int PROVES_NOTHING = 4;

    public static final int UNAVAILABLE = 69;
    public static final int INTERNAL = 70;
    public static final int CANNOT_CREATE = 73;
    public static final int NOT_FREE = 75;
    public static final int LOCK_LOST = 76;
    public static final int NOT_EXECUTABLE = 126;
    public static final int NOT_FOUND = 127;
    /** Added to the number of the signal that ended a program. */
    public static final int SIGNAL = 128;

    private ExitCodes() {}
}
