// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Request line and headers. Its text holds tokens: it must never be logged, so it has no {@code toString}.
 *
 * <p>Spec: RFC 9112 §3. Owns: nothing; a view of the decoded request.
 */
public final class RequestHead {
    private static final int MAX_PARAMETERS = 64;

    private final HttpRequest request;
    private final String path;
    private final Map<String, List<String>> query;

    private RequestHead(HttpRequest request, String path, Map<String, List<String>> query) {
        this.request = request;
        this.path = path;
        this.query = query;
    }

    /**
     * Splits the request's target.
     *
     * @return null when it is malformed
     */
    static RequestHead of(HttpRequest request) {
        String target = request.uri();
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        int start = 0;
        while (start + 1 < path.length() && path.charAt(start) == '/' && path.charAt(start + 1) == '/') {
            start++;
        }
        path = path.substring(start);
        try {
            Map<String, List<String>> query = question < 0 ? Map.of()
                    : new QueryStringDecoder(target.substring(question + 1), StandardCharsets.UTF_8, false,
                            MAX_PARAMETERS).parameters();
            return new RequestHead(request, path, query);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Upper-case method name. */
    public String method() {
        return request.method().name();
    }

    /** The path as sent (still percent-encoded), with leading slashes made one. */
    public String path() {
        return path;
    }

    /** The first value of a query parameter; empty when absent. */
    public String query(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? "" : values.getFirst();
    }

    /** Whether the query names this parameter. */
    public boolean hasQuery(String name) {
        return query.containsKey(name);
    }

    /** All parameters of the query, with their values in order. */
    public Map<String, List<String>> query() {
        return query;
    }

    /** A header's value; empty when absent. */
    public String header(String name) {
        String value = request.headers().get(name);
        return value == null ? "" : value;
    }

    /** Whether the client asks for a WebSocket (RFC 6455 §4.2.1). */
    public boolean wantsWebSocket() {
        return request.method().name().equals("GET")
                && request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    /** The access token: of the Authorization header, else of the query; empty when there is none. */
    public String token() {
        String authorization = header("authorization");
        if (!authorization.isEmpty()) {
            return authorization.regionMatches(true, 0, "Bearer ", 0, 7) ? authorization.substring(7).strip() : "";
        }
        return query("access_token");
    }

    HttpRequest request() {
        return request;
    }

    @Override
    public String toString() {
        return "RequestHead";
    }
}
