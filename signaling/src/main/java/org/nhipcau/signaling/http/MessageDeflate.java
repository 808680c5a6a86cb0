// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.http;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses WebSocket messages, each by itself, so that an offer of 20 kB does not stand for most of a second in front
 * of the voice on a link of 256 kbit/s: of session descriptions less than a tenth is left.
 *
 * <p>Nothing is kept between two messages (no context takeover, both ways), so a connection holds no memory for it and
 * no length tells of another message. What unpacks to more than is allowed is given up at that point.
 *
 * <p>Spec: RFC 7692 §7. Thread: any. Owns: nothing.
 */
public final class MessageDeflate {
    /** The bit of the frame header that marks a compressed message. */
    public static final int RSV1 = 4;
    /** What an upgrade that accepts it answers. */
    static final String ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    private static final Set<String> UNDERSTOOD = Set.of("client_max_window_bits", "client_no_context_takeover",
            "server_no_context_takeover");
    private static final Pattern WINDOW_BITS = Pattern.compile("[89]|1[0-5]|\"(?:[89]|1[0-5])\"");
    private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
    private static final int PIECE_BYTES = 4_096;
    private static final int MAX_OFFERS = 16;

    private MessageDeflate() {}

    /**
     * Whether one of the client's offers can be taken: all of them but for those that bound our window, which is always
     * the largest.
     *
     * @param headers values of Sec-WebSocket-Extensions
     */
    static boolean offered(List<String> headers) {
        for (String header : headers) {
            for (String offer : header.split(",", MAX_OFFERS)) {
                if (understood(offer)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean understood(String offer) {
        String[] parts = offer.split(";", MAX_OFFERS);
        if (!parts[0].strip().equalsIgnoreCase("permessage-deflate")) {
            return false;
        }
        Set<String> seen = new HashSet<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            String name = (equals < 0 ? parts[i] : parts[i].substring(0, equals)).strip().toLowerCase(Locale.ROOT);
            boolean wrong = equals >= 0 && !(name.equals("client_max_window_bits")
                    && WINDOW_BITS.matcher(parts[i].substring(equals + 1).strip()).matches());
            if (wrong || !UNDERSTOOD.contains(name) || !seen.add(name)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the client offers what it cannot do. Apple's own WebSockets (Safari, all browsers of iOS, apps by
     * URLSession) offer compression, and pages cannot forbid it. Those of 2021 keep their context though we decline
     * that, later ones have been reported to close on compressed messages (2023 to 2026): then nobody could join.
     */
    static boolean failsIn(String userAgent) {
        return userAgent.contains("CFNetwork/")
                || userAgent.contains("AppleWebKit/") && !userAgent.contains("Chrome/");
    }

    /** Compresses one message. */
    public static byte[] pack(byte[] message) {
        Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        try {
            deflater.setInput(message);
            ByteArrayOutputStream out = new ByteArrayOutputStream(message.length / 4 + 64);
            byte[] piece = new byte[PIECE_BYTES];
            int length;
            do {
                length = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
                out.write(piece, 0, length);
            } while (length == piece.length);
            byte[] packed = out.toByteArray();
            // The flush ends with an empty block, which is left out on the wire (§7.2.1).
            return Arrays.copyOf(packed, packed.length - TAIL.length);
        } finally {
            deflater.end();
        }
    }

    /**
     * Unpacks one message.
     *
     * @return null when it is longer than allowed
     * @throws DataFormatException when it is none
     */
    public static byte[] unpack(byte[] packed, int maxBytes) throws DataFormatException {
        Inflater inflater = new Inflater(true);
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(maxBytes, packed.length * 4 + 64));
            byte[] piece = new byte[PIECE_BYTES];
            for (byte[] input : new byte[][] {packed, TAIL}) {
                inflater.setInput(input);
                while (!inflater.finished() && !inflater.needsInput()) {
                    int length = inflater.inflate(piece);
                    if (length == 0 && inflater.needsDictionary()) {
                        throw new DataFormatException("a dictionary was never agreed upon");
                    }
                    if (out.size() + length > maxBytes) {
                        return null;
                    }
                    out.write(piece, 0, length);
                }
            }
            return out.toByteArray();
        } finally {
            inflater.end();
        }
    }
}
