// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A response. Its length and connection headers are added when it is sent.
 *
 * @param contentType empty for a response without a body
 */
public record HttpAnswer(int status, String contentType, byte[] body, Map<String, String> headers) {
    public HttpAnswer {
        headers = Map.copyOf(headers);
    }

    /** Plain text; the text is fixed by the server or made of nothing a stranger may not know. */
    public static HttpAnswer text(int status, String text) {
        return new HttpAnswer(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    /** No body. */
    public static HttpAnswer empty(int status) {
        return new HttpAnswer(status, "", new byte[0], Map.of());
    }

    /** The same response with one more header. */
    public HttpAnswer with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpAnswer(status, contentType, body, more);
    }
}
