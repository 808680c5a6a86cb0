// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.ws;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.nhipcau.signaling.http.HttpAction;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.http.RequestHead;

/**
 * Serves the page and its files from the class path directory {@code web/}.
 *
 * <p>Only plain file names of known types are looked up, so no path leads out of the directory. Files under
 * {@code assets/} carry a hash in their names and never change; the rest is checked by entity tag.
 *
 * <p>Each file is compressed once and kept so as well: the page's script is a quarter then, 5 seconds of 256 kbit/s
 * and not 19. The files are public and the same for everybody, so that their lengths give nothing away. Reading and
 * compressing one takes a while; who asks first waits for it on a thread that may block, and holds up nobody's calls.
 *
 * <p>Spec: RFC 9110 §8.4.1.3, §8.8.3, §12.5.3, RFC 9111 §5.2, RFC 8246; Content Security Policy Level 3. Thread: any.
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
    private static final int MAX_CODINGS = 16;
    /** Pictures and sounds are compressed as they are. */
    private static final double WORTH_PACKING = 0.9;

    private static final String NOT_BUILT = "The server is up, but its page was not built into it. Install Node.js 20 "
            + "or newer and run ./nhipcau build\n";

    /** @param packed by gzip; null where it saves nothing */
    private record Asset(String type, byte[] bytes, byte[] packed, String hash, boolean immutable) {}

    private final ClassLoader loader;
    private final String directory;
    /** Holds only files that exist, so strangers cannot fill it. */
    private final Map<String, Asset> loaded = new ConcurrentHashMap<>();

    PageAssets(ClassLoader loader, String directory) {
        this.loader = loader;
        this.directory = directory;
    }

    /** What becomes of a GET or HEAD. */
    HttpAction answer(RequestHead head) {
        String path = head.path().equals("/") ? "/index.html" : head.path();
        if (!plain(path)) {
            return new HttpAction.Answer(HttpAnswer.empty(404));
        }
        String name = path.substring(1);
        Asset known = loaded.get(name);
        return known != null ? new HttpAction.Answer(answer(head, known))
                : new HttpAction.Handle(0, body -> answer(head, load(name)));
    }

    private static HttpAnswer answer(RequestHead head, Asset asset) {
        if (asset == null) {
            // Clients probe "/" to learn whether the server is there, page or no page.
            return head.path().equals("/") ? HttpAnswer.text(200, NOT_BUILT) : HttpAnswer.empty(404);
        }
        boolean packed = asset.packed() != null && takesGzip(head.header("accept-encoding"));
        // Two forms of a file are two representations, each with a tag of its own (RFC 9110 §8.8.3.3).
        String entityTag = '"' + asset.hash() + (packed ? "-gzip" : "") + '"';
        boolean known = head.header("if-none-match").contains(entityTag);
        HttpAnswer answer = known ? HttpAnswer.empty(304)
                : new HttpAnswer(200, asset.type(), packed ? asset.packed() : asset.bytes(), Map.of());
        if (packed && !known) {
            answer = answer.with("Content-Encoding", "gzip");
        }
        return answer.with("ETag", entityTag)
                .with("Vary", "Accept-Encoding")
                .with("Cache-Control", asset.immutable() ? "public, max-age=31536000, immutable" : "no-cache")
                .with("Content-Security-Policy", SECURITY_POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)")
                .with("Cross-Origin-Opener-Policy", "same-origin");
    }

    /** Whether the client says so itself; a weight of 0 refuses. */
    private static boolean takesGzip(String acceptEncoding) {
        for (String offer : acceptEncoding.split(",", MAX_CODINGS)) {
            String[] parts = offer.strip().toLowerCase(Locale.ROOT).split(";", 2);
            if (parts[0].strip().equals("gzip")) {
                return parts.length == 1 || !parts[1].strip().matches("q\\s*=\\s*0(\\.0*)?");
            }
        }
        return false;
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

    /** @return null where there is no such file */
    private synchronized Asset load(String name) {
        Asset known = loaded.get(name);
        if (known != null) {
            return known;
        }
        try (InputStream in = loader.getResourceAsStream(directory + name)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            Asset asset = new Asset(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), bytes, packed(bytes),
                    hash(bytes), name.startsWith("assets/"));
            loaded.put(name, asset);
            return asset;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] packed(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.size() < bytes.length * WORTH_PACKING ? out.toByteArray() : null;
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
