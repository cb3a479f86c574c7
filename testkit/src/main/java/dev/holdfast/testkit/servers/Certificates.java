// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test of TLS needs, made by openssl and valid for two days: an authority ({@code ca.pem}), certificates and keys of a server and a
 * client ({@code server.pem}, {@code server.key}, {@code client.pem}, {@code client.key}; in one file {@code server-both.pem} and {@code
 * client-both.pem}), and an authority that signed nothing ({@code other.pem}). The server's is good for {@code localhost} and 127.0.0.1. As
 * a JUnit extension in a static field, declared before the servers, the files are deleted after the tests of the class.
 */
public final class Certificates implements AutoCloseable, AfterAllCallback {
    private final Path directory;

    private Certificates(Path directory) {
        this.directory = directory;
    }

    /**
     * Makes them, in a temporary directory.
     *
     * @return the files
     * @throws ServerFailedException if openssl is not installed, or fails
     */
    public static Certificates make() {
        try {
            Certificates made = new Certificates(Files.createTempDirectory("holdfast-tls"));
            made.makeAll();
            return made;
        } catch (IOException e) {
            throw new ServerFailedException(
                    "cannot make certificates: openssl is needed, and a temporary directory", e);
        }
    }

    private void makeAll() throws IOException {
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out ca.pem");
        Files.writeString(directory.resolve("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1");
        for (String who : List.of("server", "client")) {
            openssl("req -newkey rsa:2048 -nodes -subj /CN=" + who + " -keyout " + who + ".key -out " + who + ".csr");
            openssl("x509 -req -in " + who + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out "
                    + who + ".pem");
            Files.writeString(
                    directory.resolve(who + "-both.pem"),
                    Files.readString(directory.resolve(who + ".pem"))
                            + Files.readString(directory.resolve(who + ".key")));
        }
        openssl("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other-ca -keyout other.key -out other.pem");
        readableByServersThatRunAsNobody();
    }

    private void readableByServersThatRunAsNobody() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            }
        }
    }

    private void openssl(String arguments) throws IOException {
        Process process = new ProcessBuilder(("openssl " + arguments).split(" ", -1))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new ServerFailedException("openssl " + arguments + ": " + said);
        }
    }

    /**
     * One of the files.
     *
     * @param name for example {@code ca.pem}
     * @return where it is
     */
    public String file(String name) {
        return directory.resolve(name).toString();
    }

    /** Deletes the files. */
    @Override
    public void close() {
        try {
            List<Path> files;
            try (Stream<Path> all = Files.list(directory)) {
                files = all.toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + directory, e);
        }
    }

    /** For JUnit. */
    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }
}
