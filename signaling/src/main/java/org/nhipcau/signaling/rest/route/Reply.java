// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.rest.json.BodyWriter;
import org.nhipcau.signaling.token.StrictJson;

/**
 * What a call came to.
 *
 * @param mediaType empty without a body
 * @param version of what was asked for, sent as its ETag; negative: it has none
 */
public record Reply(int status, String mediaType, byte[] body, Map<String, String> headers, long version) {
    /** The media type of bodies that are records. */
    public static final String JSON = "application/json";

    public Reply {
        headers = Map.copyOf(headers);
    }

    /** A record. */
    public static Reply of(int status, Record body) {
        return new Reply(status, JSON, StrictJson.write(BodyWriter.write(body)), Map.of(), -1);
    }

    /** Done, and nothing to tell. */
    public static Reply none() {
        return new Reply(204, "", new byte[0], Map.of(), -1);
    }

    /** A file to keep. */
    public static Reply file(String mediaType, String fileName, byte[] body) {
        return new Reply(200, mediaType, body,
                Map.of("Content-Disposition", "attachment; filename=\"" + fileName + '"'), -1);
    }

    /** A refusal. */
    public static Reply problem(Problem problem) {
        return new Reply(problem.status(), Problem.MEDIA_TYPE, StrictJson.write(BodyWriter.write(problem)), Map.of(),
                -1);
    }

    /** The same with one more header. */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, mediaType, body, more, version);
    }

    /** The same of this version. */
    public Reply version(long newVersion) {
        return new Reply(status, mediaType, body, headers, newVersion);
    }

    /** The same with a tag made of its content, for lists and what else has no version of its own. */
    public Reply tagged() {
        try {
            long tag = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(body)).getLong();
            // 18 digits at most, as tags of versions.
            return version(tag >>> 5);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The ETag of a version. */
    public static String etag(long version) {
        return "\"v" + version + '"';
    }

    /** As the edge sends it; nothing of it may be kept by caches. */
    public HttpAnswer answer() {
        HttpAnswer answer = new HttpAnswer(status, mediaType, body, headers).with("Cache-Control", "no-store")
                .with("X-Content-Type-Options", "nosniff");
        return version < 0 ? answer : answer.with("ETag", etag(version));
    }
}
