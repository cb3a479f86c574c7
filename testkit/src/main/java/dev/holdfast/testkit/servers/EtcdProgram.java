// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One member of an etcd cluster, which may be its only one. */
record EtcdProgram(
        String name, int port, int peerPort, int advertisedPort, String cluster, String variable, List<String> options)
        implements ServerProgram {
    /** How a member is named to the others. */
    static String peer(String name, int peerPort) {
        return name + "=http://127.0.0.1:" + peerPort;
    }

    @Override
    public Product product() {
        return Product.ETCD;
    }

    @Override
    public List<String> command(Path data) {
        Path etcd = Programs.find("etcd").orElseThrow(() -> product().missing("etcd", variable));
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + peerPort;
        List<String> line = new ArrayList<>(List.of(
                etcd.toString(),
                "--name=" + name,
                "--data-dir=" + data.resolve("etcd"),
                "--listen-client-urls=" + client,
                "--advertise-client-urls=" + client,
                "--listen-peer-urls=" + peer,
                "--initial-advertise-peer-urls=http://127.0.0.1:" + advertisedPort,
                "--initial-cluster=" + cluster,
                "--initial-cluster-state=new"));
        options.forEach(option -> line.add(option.replace("{client}", client)));
        return line;
    }

    /** It is healthy when there is a leader. */
    @Override
    public boolean answers() throws IOException {
        return Exchange.wholeAnswer(port, "GET /health HTTP/1.0\r\n\r\n").contains("\"health\":\"true\"");
    }
}
