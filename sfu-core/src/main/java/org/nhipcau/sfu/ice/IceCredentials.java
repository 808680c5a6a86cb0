// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

import java.security.SecureRandom;
import org.nhipcau.sfu.stun.StunMessageFlyweight;

/**
 * A user name fragment and password of one side of a transport. Spec: RFC 8445 §5.3, RFC 8839 §5.4.
 *
 * @param ufrag 4 to 256 ICE characters
 * @param pwd 22 to 256 ICE characters
 */
public record IceCredentials(String ufrag, String pwd) {
    private static final String ICE_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    /** 48 random bits (32 are asked for), and just what fits a long: see {@link #ufragKey}. */
    private static final int UFRAG_CHARS = 8;
    /** 144 random bits (128 are asked for). */
    private static final int PWD_CHARS = 24;

    /** @throws IllegalArgumentException for a part of the wrong length or with a character that is not allowed */
    public IceCredentials {
        check("ICE user name fragment", ufrag, 4);
        check("ICE password", pwd, 22);
    }

    /** New credentials of ours: 8 and 24 characters. */
    public static IceCredentials random(SecureRandom random) {
        return new IceCredentials(randomChars(random, UFRAG_CHARS), randomChars(random, PWD_CHARS));
    }

    /**
     * The directory key of a user name fragment of 8 characters, the same that
     * {@link StunMessageFlyweight#peekUfragKey} reads from a request.
     *
     * @return {@link StunMessageFlyweight#NO_KEY} for one of another length
     */
    public static long ufragKey(String ufrag) {
        if (ufrag.length() != UFRAG_CHARS) {
            return StunMessageFlyweight.NO_KEY;
        }
        long key = 0;
        for (int i = 0; i < UFRAG_CHARS; i++) {
            char c = ufrag.charAt(i);
            if (!StunMessageFlyweight.isIceChar(c)) {
                return StunMessageFlyweight.NO_KEY;
            }
            key = key << 8 | c;
        }
        return key;
    }

    /** The directory key of these credentials' fragment. */
    public long ufragKey() {
        return ufragKey(ufrag);
    }

    /** Without the values: they must not reach a log. */
    @Override
    public String toString() {
        return "IceCredentials[...]";
    }

    private static String randomChars(SecureRandom random, int count) {
        StringBuilder chars = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            chars.append(ICE_CHARS.charAt(random.nextInt(ICE_CHARS.length())));
        }
        return chars.toString();
    }

    private static void check(String what, String value, int min) {
        if (value.length() < min || value.length() > 256
                || !value.chars().allMatch(StunMessageFlyweight::isIceChar)) {
            throw new IllegalArgumentException(what + " has " + value.length()
                    + " characters or a character that is not allowed; allowed: " + min
                    + " to 256 letters, digits, + and /");
        }
    }
}
