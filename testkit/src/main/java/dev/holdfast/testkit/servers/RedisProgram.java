// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.testkit.servers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One redis-server, whose data survives a restart. */
record RedisProgram(int port, String variable, List<String> options) implements ServerProgram {
    static Path find(String variable) {
        return Programs.find("redis-server").orElseThrow(() -> Product.REDIS.missing("redis-server", variable));
    }

    @Override
    public Product product() {
        return Product.REDIS;
    }

    @Override
    public List<String> command(Path data) {
        List<String> line = new ArrayList<>(List.of(find(variable).toString()));
        line.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port), "--dir", data.toString()));
        line.addAll(List.of("--save", "", "--appendonly", "yes"));
        line.addAll(options);
        return line;
    }

    @Override
    public boolean answers() throws IOException {
        String answer = Exchange.firstAnswer(port, "PING\r\n");
        return answer.startsWith("+PONG") || answer.startsWith("-NOAUTH"); // or it asks for the password in its options
    }
}
