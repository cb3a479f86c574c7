// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import dev.holdfast.etcd.wire.KeyRecord;
import dev.holdfast.spi.KeySpace;
import java.util.List;

/**
 * Where a lock stands in etcd: whoever wants the lock {@code name} has a key {@code name/suffix}, and the oldest of these keys has the lock.
 * The suffix has no slash, so that the keys of {@code a/b} are not taken for ones of {@code a}.
 */
final class Names {
    private static final int LONGEST = 1_280;

    private Names() {}

    /** All of ASCII that can be printed, but for the tilde of hashed names. */
    static KeySpace keySpace() {
        StringBuilder readable = new StringBuilder();
        for (char character = ' '; character < '~'; character++) {
            readable.append(character);
        }
        return KeySpace.of(readable.toString(), LONGEST);
    }

    /** What all keys about a lock start with. */
    static String prefix(String lockKey) {
        return lockKey + "/";
    }

    /** A key for attempts under a lease, which nobody else makes. */
    static String place(String lockKey, long lease, int number) {
        return prefix(lockKey) + Long.toHexString(lease) + "-" + number;
    }

    /** Whether a key below a lock's prefix is about that lock, and not about one whose name goes on. */
    static boolean isContender(String prefix, KeyRecord key) {
        return key.key().length() > prefix.length() && key.key().indexOf('/', prefix.length()) < 0;
    }

    /** Those of the keys below a lock's prefix that are about the lock. */
    static List<KeyRecord> contenders(String prefix, List<KeyRecord> keys) {
        return keys.stream().filter(key -> isContender(prefix, key)).toList();
    }

    /** Whether a key looks like one that somebody made to lock: its suffix begins with the lease that it is bound to. */
    static boolean isPlace(KeyRecord key) {
        String suffix = key.key().substring(key.key().lastIndexOf('/') + 1);
        String lease = Long.toHexString(key.lease());
        return key.lease() != 0
                && key.key().indexOf('/') > 0
                && suffix.startsWith(lease)
                && (suffix.length() == lease.length() || suffix.charAt(lease.length()) == '-');
    }

    /** The key of the lock that a place is about. */
    static String lockOf(KeyRecord place) {
        return place.key().substring(0, place.key().lastIndexOf('/'));
    }
}
