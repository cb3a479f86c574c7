// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.etcd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What operators do by other means than ours: etcd answers JSON over HTTP too. */
final class Gateway {
    private static final int LIMIT = 5_000;

    private Gateway() {}

    /** Asks a member; the answer, whatever it is. */
    static String post(String address, String path, String json) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://" + address + "/v3/" + path).toURL().openConnection();
            connection.setConnectTimeout(LIMIT);
            connection.setReadTimeout(LIMIT);
            connection.setRequestMethod("POST");
            connection.setDoOutput(true);
            connection.getOutputStream().write(json.getBytes(StandardCharsets.UTF_8));
            try (InputStream answer =
                    connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a member leads, and says so. */
    static boolean isLeader(String address) {
        try {
            String status = post(address, "maintenance/status", "{}");
            return field(status, "leader").equals(field(status, "member_id"));
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** A number, which JSON has as text. */
    static String field(String json, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
        return found.find() ? found.group(1) : "";
    }
}
