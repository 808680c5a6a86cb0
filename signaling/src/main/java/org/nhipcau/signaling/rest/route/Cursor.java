// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.CRC32;
import org.nhipcau.signaling.rest.json.BodyProblem;

/**
 * Where a page ended, as a text that callers hand back and do not take apart. It belongs to the query it was made for:
 * with another one it is refused. It is no secret and no right: what a page may show is decided anew each time.
 *
 * <p>Thread: any; no state.
 */
public final class Cursor {
    /** Longest cursor taken, in characters. */
    public static final int MAX_CHARS = 256;

    private Cursor() {}

    /**
     * Makes a cursor.
     *
     * @param query what the page was asked with, without cursor and limit
     * @param position of the page's last element
     */
    public static String of(String query, String position) {
        byte[] text = position.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(4 + text.length).putInt(check(query, text)).put(text);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    /**
     * The position in a cursor.
     *
     * @param cursor null: the first page
     * @return null for the first page
     * @throws ProblemException when it is none of ours, or of another query
     */
    public static String position(String query, String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(cursor));
            if (bytes.remaining() >= 4) {
                int check = bytes.getInt();
                String position = StandardCharsets.UTF_8.newDecoder().decode(bytes.slice()).toString();
                if (check == check(query, position.getBytes(StandardCharsets.UTF_8))) {
                    return position;
                }
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            // Told below.
        }
        throw new ProblemException(List.of(new BodyProblem("/cursor", "a nextCursor of the same query")));
    }

    private static int check(String query, byte[] position) {
        CRC32 sum = new CRC32();
        sum.update(query.getBytes(StandardCharsets.UTF_8));
        sum.update(0);
        sum.update(position);
        return (int) sum.getValue();
    }
}
