// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.spi.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.X509Exception;
import org.apache.zookeeper.common.X509Util;
import org.jspecify.annotations.Nullable;

/**
 * The settings of ZooKeeper's client, TLS above all. It reads a certificate and its key from one file only; when they are in two, a copy of
 * both that nobody else may read stands in the temporary directory until the client is closed.
 */
final class Tls implements AutoCloseable {
    private static final String PEM = "PEM";

    private final ZKClientConfig config = new ZKClientConfig();
    private final @Nullable Path ca;
    private final @Nullable Path identity;
    private final @Nullable Path copy;
    private final boolean used;

    /** Reads the files. */
    Tls(ZooKeeperOptions.@Nullable TlsFiles files) {
        used = files != null;
        ca = files == null ? null : files.ca();
        try {
            copy = files == null
                            || files.cert() == null
                            || files.key() == null
                            || files.cert().equals(files.key())
                    ? null
                    : together(files.cert(), files.key());
        } catch (IOException e) {
            throw Faults.fatal(null, "The files for TLS cannot be used: " + e, e);
        }
        identity = copy == null && files != null ? files.cert() : copy;
        if (used) {
            setUp();
        }
    }

    private static Path together(Path cert, Path key) throws IOException {
        // Made for its owner alone.
        Path both = Files.createTempFile("holdfast-zookeeper", ".pem");
        both.toFile().deleteOnExit();
        Files.writeString(
                both,
                Files.readString(cert, StandardCharsets.ISO_8859_1) + "\n"
                        + Files.readString(key, StandardCharsets.ISO_8859_1),
                StandardCharsets.ISO_8859_1);
        return both;
    }

    private void setUp() {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        if (ca != null) {
            config.setProperty("zookeeper.ssl.trustStore.location", ca.toString());
            config.setProperty("zookeeper.ssl.trustStore.type", PEM);
        }
        if (identity != null) {
            config.setProperty("zookeeper.ssl.keyStore.location", identity.toString());
            config.setProperty("zookeeper.ssl.keyStore.type", PEM);
        }
        try {
            context();
        } catch (GeneralSecurityException | X509Exception | RuntimeException e) {
            close();
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw Faults.fatal(
                    null,
                    "The files for TLS cannot be used, ca=" + ca + " or cert and key: "
                            + Printable.quoted(String.valueOf(root.getMessage())),
                    e);
        }
    }

    ZKClientConfig config() {
        return config;
    }

    boolean isUsed() {
        return used;
    }

    /** As ZooKeeper's client makes it. */
    SSLContext context() throws GeneralSecurityException, X509Exception {
        TrustManager[] trust = ca == null
                ? null
                : new TrustManager[] {
                    X509Util.createTrustManager(ca.toString(), "", PEM, false, false, true, true, false, false)
                };
        KeyManager[] keys =
                identity == null ? null : new KeyManager[] {X509Util.createKeyManager(identity.toString(), "", PEM)};
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust, null);
        return context;
    }

    @Override
    public void close() {
        if (copy != null) {
            try {
                Files.deleteIfExists(copy);
            } catch (IOException e) {
                Client.warn("The copy of the certificate and its key, " + copy + ", cannot be deleted: " + e);
            }
        }
    }
}
