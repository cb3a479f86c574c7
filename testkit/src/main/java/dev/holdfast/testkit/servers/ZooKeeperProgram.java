// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** One ZooKeeper server, in a JVM of its own that runs on this one's class path. */
record ZooKeeperProgram(int port, OptionalInt member, List<String> ensemble, String variable, List<String> settings)
        implements ServerProgram {
    private static final String MAIN = "org.apache.zookeeper.server.quorum.QuorumPeerMain";

    /** What the server needs beyond its own artifact. */
    private static final List<String> NEEDED =
            List.of(MAIN, "com.codahale.metrics.Reservoir", "org.xerial.snappy.SnappyInputStream");

    @Override
    public Product product() {
        return Product.ZOOKEEPER;
    }

    @Override
    public void prepare(Path data) throws IOException {
        if (member.isPresent()) {
            Files.writeString(data.resolve("myid"), Integer.toString(member.getAsInt()));
        }
    }

    @Override
    public List<String> command(Path data) {
        for (String type : NEEDED) {
            if (ClassLoader.getSystemResource(type.replace('.', '/') + ".class") == null) {
                throw product().missing("class " + type + " on the class path", variable);
            }
        }
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx256m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"));
        settings.stream().filter(ZooKeeperProgram::isProperty).forEach(line::add);
        line.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                MAIN,
                configuration(data).toString()));
        return line;
    }

    /** What the server only takes from its command line. */
    private static boolean isProperty(String setting) {
        return setting.startsWith("-D");
    }

    /** Written at each start, so that it is there after the data was deleted. */
    private Path configuration(Path data) {
        List<String> lines = new ArrayList<>(List.of(
                // The shortest session is two ticks.
                "tickTime=500",
                "initLimit=20",
                "syncLimit=10",
                "dataDir=" + data,
                "clientPort=" + port,
                "clientPortAddress=127.0.0.1",
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=ruok,srvr,mntr,cons,dump"));
        lines.addAll(ensemble);
        settings.stream().filter(setting -> !isProperty(setting)).forEach(lines::add);
        try {
            return Files.write(data.resolveSibling("zoo.cfg"), lines);
        } catch (IOException e) {
            throw new ServerFailedException("cannot write the configuration of ZooKeeper", e);
        }
    }

    /** It names its mode when it serves requests, which in an ensemble it does when there is a leader. */
    @Override
    public boolean answers() throws IOException {
        return Exchange.wholeAnswer(port, "srvr").contains("\nMode: ");
    }
}
