// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.zookeeper;

import dev.holdfast.BackendException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.zookeeper.common.X509Exception;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no session. ZooKeeper's client only says that there is none; so each server is asked what it is.
 *
 * @param options where
 * @param findings what is wrong with each server
 */
record Diagnosis(ZooKeeperOptions options, List<Finding> findings) {
    private static final int PATIENCE = 500;

    private enum Kind {
        UNKNOWN_HOST("its host is not known"),
        NOTHING_LISTENS("nothing listens there: start it, or correct the URI"),
        SILENT("it does not answer; if its port is one for TLS, add tls=true"),
        TLS(
                "TLS cannot be agreed on: perhaps its port is a plain one, or its certificate is not trusted (name the CA's with"
                        + " ca=/path/ca.pem) or is for another host, or it asks for a client's (cert and key)"),
        NO_QUORUM("it serves nobody, because it has no quorum: start more servers of its ensemble"),
        READ_ONLY("it is read-only, because it has lost its ensemble's quorum"),
        NOT_ZOOKEEPER("what listens there does not speak as ZooKeeper does; if its port is one for TLS, add tls=true"),
        SERVES("it serves clients, but not this one so far");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    private record Finding(
            InetSocketAddress server, Kind kind, @Nullable Throwable cause) {
        @Override
        public String toString() {
            return server.getHostString() + ":" + server.getPort() + ": " + kind.words
                    + (cause == null ? "" : " (" + cause.getMessage() + ")");
        }
    }

    static Diagnosis of(Client client) {
        List<Finding> findings = new ArrayList<>();
        for (InetSocketAddress server : client.options().addresses()) {
            findings.add(client.tls().isUsed() ? encrypted(client, server) : plain(server));
        }
        return new Diagnosis(client.options(), findings);
    }

    private static Finding plain(InetSocketAddress server) {
        try (Socket socket = connect(server)) {
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(4_096), StandardCharsets.US_ASCII);
            Kind kind = answer.contains("not currently serving")
                    ? Kind.NO_QUORUM
                    : answer.contains("Mode: read-only")
                            ? Kind.READ_ONLY
                            : answer.contains("Zookeeper version") || answer.contains("srvr is not executed")
                                    ? Kind.SERVES
                                    : Kind.NOT_ZOOKEEPER;
            return new Finding(server, kind, null);
        } catch (IOException e) {
            return failed(server, e);
        }
    }

    private static Socket connect(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(server.getHostString(), server.getPort()), PATIENCE);
            socket.setSoTimeout(PATIENCE);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Finding encrypted(Client client, InetSocketAddress server) {
        try (Socket socket = connect(server);
                SSLSocket encrypted = (SSLSocket) client.tls()
                        .context()
                        .getSocketFactory()
                        .createSocket(socket, server.getHostString(), server.getPort(), true)) {
            SSLParameters parameters = encrypted.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            encrypted.setSSLParameters(parameters);
            encrypted.startHandshake();
            // That the server wants a certificate shows after the client is done. Otherwise it waits for the client to
            // begin.
            if (encrypted.getInputStream().read() < 0) {
                return new Finding(server, Kind.NO_QUORUM, null);
            }
            return new Finding(server, Kind.NOT_ZOOKEEPER, null);
        } catch (SocketTimeoutException e) {
            return new Finding(server, Kind.SERVES, null);
        } catch (SSLException | GeneralSecurityException | X509Exception e) {
            return new Finding(server, Kind.TLS, e);
        } catch (IOException e) {
            return failed(server, e);
        }
    }

    private static Finding failed(InetSocketAddress server, IOException e) {
        if (e instanceof java.net.UnknownHostException) {
            return new Finding(server, Kind.UNKNOWN_HOST, null);
        }
        return new Finding(
                server,
                e instanceof ConnectException
                        ? Kind.NOTHING_LISTENS
                        : e instanceof SocketTimeoutException ? Kind.SILENT : Kind.NOT_ZOOKEEPER,
                e);
    }

    /** Nobody is there to wait for, or nobody who will ever agree. */
    boolean isHopeless() {
        return findings.stream()
                .allMatch(finding -> finding.kind == Kind.NOTHING_LISTENS
                        || finding.kind == Kind.UNKNOWN_HOST
                        || finding.kind == Kind.NOT_ZOOKEEPER
                        || finding.kind == Kind.TLS);
    }

    BackendException asException() {
        Throwable cause = findings.stream()
                .map(Finding::cause)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElse(null);
        boolean forGood = findings.stream().allMatch(finding -> finding.kind == Kind.TLS);
        String message = "ZooKeeper at " + options + " gave no session. "
                + findings.stream().map(Finding::toString).collect(Collectors.joining("; "));
        return forGood ? Faults.fatal(null, message, cause) : Faults.transientFault(null, message, cause);
    }
}
