// SPDX-License-Identifier: Apache-2.0
/** One lock API for the JVM, from a thread to a cluster. */
@SuppressWarnings("module") // The testkit, which may look at the engine, is built after this module.
module dev.holdfast {
    requires static transitive org.jspecify;

    exports dev.holdfast;
    exports dev.holdfast.spi;
    exports dev.holdfast.memory;
    exports dev.holdfast.file;
    exports dev.holdfast.internal.engine to
            dev.holdfast.testkit;

    uses dev.holdfast.spi.BackendProvider;
    uses dev.holdfast.spi.ClientFactory;

    provides dev.holdfast.spi.ClientFactory with
            dev.holdfast.internal.engine.EngineFactory;
    provides dev.holdfast.spi.BackendProvider with
            dev.holdfast.memory.MemoryBackendProvider,
            dev.holdfast.file.FileBackendProvider;
}
