// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.wire;

/** A transaction: conditions, what is done if all of them hold, and what is done otherwise. */
public final class Txn {
    /** How many conditions, and how many operations in one branch, every server takes. */
    public static final int LARGEST = 128;

    private static final int CREATED = 1;
    private static final int MODIFIED = 2;

    private final ProtoWriter message = new ProtoWriter();
    private int branch = 2;

    /** An empty one. */
    public Txn() {}

    /**
     * The condition that a key was created at a revision.
     *
     * @param key the key
     * @param revision the revision; 0 if there must be no such key
     * @return this
     */
    public Txn ifCreated(String key, long revision) {
        message.message(
                1,
                new ProtoWriter().number(2, CREATED).bytes(3, Range.latin1(key)).evenZero(5, revision));
        return this;
    }

    /**
     * The condition that there is no key with a prefix.
     *
     * @param prefix the prefix
     * @return this
     */
    public Txn ifNoneBelow(String prefix) {
        message.message(
                1,
                new ProtoWriter()
                        .number(2, CREATED)
                        .bytes(3, Range.latin1(prefix))
                        .evenZero(5, 0)
                        .bytes(64, Range.latin1(Range.endOf(prefix))));
        return this;
    }

    /**
     * The condition that a key was changed last at a revision.
     *
     * @param key the key
     * @param revision the revision
     * @return this
     */
    public Txn ifModified(String key, long revision) {
        message.message(
                1,
                new ProtoWriter()
                        .number(2, MODIFIED)
                        .bytes(3, Range.latin1(key))
                        .evenZero(6, revision));
        return this;
    }

    /**
     * From here on, what is done if a condition does not hold.
     *
     * @return this
     */
    public Txn otherwise() {
        branch = 3;
        return this;
    }

    /**
     * Asks for keys.
     *
     * @param range the question
     * @return this
     */
    public Txn range(Range range) {
        message.message(branch, new ProtoWriter().message(1, range.message()));
        return this;
    }

    /**
     * Writes a key.
     *
     * @param key the key
     * @param value its value
     * @param lease the lease to which it is bound
     * @return this
     */
    public Txn put(String key, String value, long lease) {
        ProtoWriter put =
                new ProtoWriter().bytes(1, Range.latin1(key)).utf8(2, value).number(3, lease);
        message.message(branch, new ProtoWriter().message(2, put));
        return this;
    }

    /**
     * Writes a key if it is not there.
     *
     * @param key the key
     * @param value its value
     * @param lease the lease to which it is bound
     * @return this
     */
    public Txn putIfAbsent(String key, String value, long lease) {
        Txn inner = new Txn().ifCreated(key, 0).put(key, value, lease);
        message.message(branch, new ProtoWriter().message(4, inner.message));
        return this;
    }

    /**
     * Writes a key's value, and leaves it bound to its lease.
     *
     * @param key the key, which must be there
     * @param value its new value
     * @return this
     */
    public Txn change(String key, String value) {
        ProtoWriter put =
                new ProtoWriter().bytes(1, Range.latin1(key)).utf8(2, value).flag(6, true);
        message.message(branch, new ProtoWriter().message(2, put));
        return this;
    }

    /**
     * Deletes a key.
     *
     * @param key the key
     * @return this
     */
    public Txn delete(String key) {
        message.message(branch, new ProtoWriter().message(3, new ProtoWriter().bytes(1, Range.latin1(key))));
        return this;
    }

    /**
     * The request.
     *
     * @return its bytes
     */
    public byte[] request() {
        return message.toByteArray();
    }
}
