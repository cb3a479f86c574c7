// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd.link;

import io.grpc.Status;
import java.io.Serial;

/** A call was not answered as it should be. */
public final class CallFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** What the errors of etcd itself begin with, as opposed to those of connections. */
    private static final String OF_THE_SERVER = "etcdserver: ";

    private final transient Status status;
    private final String where;
    private final boolean unsent;

    CallFailure(Status status, String where) {
        this(status, where, false);
    }

    CallFailure(Status status, String where, boolean unsent) {
        super(status.getCode() + ": " + status.getDescription(), status.getCause(), false, false);
        this.status = status;
        this.where = where;
        this.unsent = unsent;
    }

    /** The same, of another call, which was sent or not. */
    CallFailure of(boolean wasSent) {
        return new CallFailure(status, where, !wasSent);
    }

    /**
     * A call that was not even made, because its time was over.
     *
     * @param where the member that would have been asked
     * @return the failure
     */
    public static CallFailure late(String where) {
        return new CallFailure(
                Status.DEADLINE_EXCEEDED.withDescription("too many other requests of this client were ahead"),
                where,
                true);
    }

    /**
     * Whether nothing was sent, so that nothing can have been done.
     *
     * @return false if anything may have been sent, once or more often
     */
    public boolean isUnsent() {
        return unsent;
    }

    /**
     * The kind of the failure.
     *
     * @return the code
     */
    public Status.Code code() {
        return status.getCode();
    }

    /**
     * What was said.
     *
     * @return the text, perhaps empty
     */
    public String text() {
        String description = status.getDescription();
        return description == null ? "" : description;
    }

    /**
     * The member that was asked last.
     *
     * @return host and port
     */
    public String where() {
        return where;
    }

    /** Whether a member of etcd said it. */
    boolean isOfTheServer() {
        return text().startsWith(OF_THE_SERVER);
    }

    /** Whether it is about the token: it has expired, or was forgotten, or users were changed since. */
    boolean wantsNewToken() {
        return code() == Status.Code.UNAUTHENTICATED || text().contains("auth store is old");
    }

    /** Whether another member, or the same one over a new connection, may answer. */
    boolean mayPassElsewhere() {
        return code() == Status.Code.UNAVAILABLE || code() == Status.Code.DEADLINE_EXCEEDED;
    }

    /**
     * Whether the lease that was named is not there.
     *
     * @return whether it is gone for good
     */
    public boolean isMissingLease() {
        return code() == Status.Code.NOT_FOUND && text().contains("lease not found");
    }
}
