// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.RequestHead;

/**
 * Serves the page and its files from the class path directory {@code web/}.
 *
 * <p>Only plain file names of known types are looked up, so no path leads out of the directory. Files under
 * {@code assets/} carry a hash in their names and never change; the rest is checked by entity tag.
 *
 * <p>Spec: RFC 9110 §8.8.3, RFC 9111 §5.2, RFC 8246; Content Security Policy Level 3. Thread: any.
 */
final class PageAssets {
    private static final String SECURITY_POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; "
            + "connect-src 'self' ws: wss:; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
            + "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
            + "frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"), Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"), Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"), Map.entry("webmanifest", "application/manifest+json"),
            Map.entry("svg", "image/svg+xml"), Map.entry("png", "image/png"), Map.entry("ico", "image/x-icon"),
            Map.entry("webp", "image/webp"), Map.entry("jpg", "image/jpeg"), Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"), Map.entry("wasm", "application/wasm"),
            Map.entry("mp3", "audio/mpeg"), Map.entry("ogg", "audio/ogg"), Map.entry("wav", "audio/wav"));

    private static final int MAX_PATH_CHARS = 256;

    private static final String NOT_BUILT = "The server is up, but its page was not built into it. Install Node.js 20 "
            + "or newer and run ./nhipcau build\n";

    private record Asset(String type, byte[] bytes, String entityTag, boolean immutable) {}

    private final ClassLoader loader;
    private final String directory;
    /** Holds only files that exist, so strangers cannot fill it. */
    private final Map<String, Asset> loaded = new ConcurrentHashMap<>();

    PageAssets(ClassLoader loader, String directory) {
        this.loader = loader;
        this.directory = directory;
    }

    /** The answer to a GET or HEAD. */
    HttpAnswer answer(RequestHead head) {
        String path = head.path().equals("/") ? "/index.html" : head.path();
        Asset asset = plain(path) ? asset(path.substring(1)) : null;
        if (asset == null) {
            // Clients probe "/" to learn whether the server is there, page or no page.
            return head.path().equals("/") ? HttpAnswer.text(200, NOT_BUILT) : HttpAnswer.empty(404);
        }
        boolean known = head.header("if-none-match").contains(asset.entityTag());
        HttpAnswer answer = known ? HttpAnswer.empty(304)
                : new HttpAnswer(200, asset.type(), asset.bytes(), Map.of());
        return answer.with("ETag", asset.entityTag())
                .with("Cache-Control", asset.immutable() ? "public, max-age=31536000, immutable" : "no-cache")
                .with("Content-Security-Policy", SECURITY_POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)")
                .with("Cross-Origin-Opener-Policy", "same-origin");
    }

    /** Whether the path is made of names that neither climb nor hide, the last with a known ending. */
    private static boolean plain(String path) {
        if (path.isEmpty() || path.length() > MAX_PATH_CHARS || path.charAt(0) != '/') {
            return false;
        }
        for (int i = 1; i < path.length(); i++) {
            char c = path.charAt(i);
            boolean nameStart = path.charAt(i - 1) == '/';
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            // Vite's helper files begin with an underscore.
            boolean allowed = letter || c == '_' || !nameStart && (c == '.' || c == '-' || c == '/');
            if (!allowed) {
                return false;
            }
        }
        return TYPES.containsKey(path.substring(path.lastIndexOf('.') + 1));
    }

    private Asset asset(String name) {
        Asset known = loaded.get(name);
        return known != null ? known : load(name);
    }

    private Asset load(String name) {
        try (InputStream in = loader.getResourceAsStream(directory + name)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            Asset asset = new Asset(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), bytes,
                    '"' + hash(bytes) + '"', name.startsWith("assets/"));
            loaded.put(name, asset);
            return asset;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
