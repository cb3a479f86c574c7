// SPDX-License-Identifier: Apache-2.0
/** Locks on etcd. */
module dev.holdfast.etcd {
    requires transitive dev.holdfast;
    requires static org.jspecify;
    requires io.grpc;
    requires io.grpc.netty.shaded;

    exports dev.holdfast.etcd;

    provides dev.holdfast.spi.BackendProvider with
            dev.holdfast.etcd.EtcdBackendProvider;
}
