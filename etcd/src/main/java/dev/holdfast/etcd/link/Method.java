// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.link;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What can be asked of a member. */
public enum Method {
    /** Asks for keys. */
    RANGE("KV", "Range", MethodType.UNARY),
    /** A transaction. */
    TXN("KV", "Txn", MethodType.UNARY),
    /** Makes a lease. */
    GRANT("Lease", "LeaseGrant", MethodType.UNARY),
    /** Ends a lease and deletes its keys. */
    REVOKE("Lease", "LeaseRevoke", MethodType.UNARY),
    /** Keeps a lease alive. A stream of its own for each time: so a stream that fell silent costs one renewal and not the lease. */
    KEEP_ALIVE("Lease", "LeaseKeepAlive", MethodType.BIDI_STREAMING),
    /** Asks how long a lease still lives. */
    TIME_TO_LIVE("Lease", "LeaseTimeToLive", MethodType.UNARY),
    /** Tells of changes as they happen. */
    WATCH("Watch", "Watch", MethodType.BIDI_STREAMING),
    /** Gives a token for a user and a password. */
    AUTHENTICATE("Auth", "Authenticate", MethodType.UNARY),
    /** What a member says of itself. */
    STATUS("Maintenance", "Status", MethodType.UNARY),
    /** The members of the cluster. */
    MEMBERS("Cluster", "MemberList", MethodType.UNARY);

    /** Immutable, though it does not say so. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final MethodDescriptor<byte[], byte[]> descriptor;

    Method(String service, String name, MethodType type) {
        descriptor = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setFullMethodName(MethodDescriptor.generateFullMethodName("etcdserverpb." + service, name))
                .setType(type)
                .build();
    }

    MethodDescriptor<byte[], byte[]> descriptor() {
        return descriptor;
    }

    /** Messages are written and read elsewhere. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
