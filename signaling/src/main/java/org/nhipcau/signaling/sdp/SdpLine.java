// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of a description, and the checks that name it when it is wrong.
 *
 * @param number from 1
 * @param type the letter before the equals sign
 * @param name of an attribute, empty for other lines
 * @param value the rest
 */
record SdpLine(int number, char type, String name, String value) {
    /** Digits of the largest number that any field can hold. */
    private static final int MAX_DIGITS = 19;

    static SdpLine of(int number, String written) throws SdpException {
        String text = written.replace('\t', ' ');
        if (text.length() < 2 || text.charAt(1) != '=' || text.charAt(0) < 'a' || text.charAt(0) > 'z') {
            throw new SdpException("line " + number + " is not of the form letter=value");
        }
        for (int i = 2; i < text.length(); i++) {
            if (text.charAt(i) < ' ') {
                throw new SdpException("line " + number + " holds a control character");
            }
        }
        char type = text.charAt(0);
        if (type != 'a') {
            return new SdpLine(number, type, "", text.substring(2));
        }
        int colon = text.indexOf(':');
        return colon < 0
                ? new SdpLine(number, type, text.substring(2).strip(), "")
                : new SdpLine(number, type, text.substring(2, colon), text.substring(colon + 1).strip());
    }

    SdpException wrong(String what) {
        return new SdpException("line " + number + ": " + what);
    }

    /** The value's words between spaces, at most {@code limit} of them: the last takes the rest. */
    String[] words(int least, int limit, String what) throws SdpException {
        List<String> words = new ArrayList<>();
        int start = 0;
        while (start < value.length()) {
            int space = words.size() == limit - 1 ? -1 : value.indexOf(' ', start);
            int end = space < 0 ? value.length() : space;
            words.add(value.substring(start, end));
            start = end;
            while (start < value.length() && value.charAt(start) == ' ') {
                start++;
            }
        }
        if (words.size() < least) {
            throw wrong(what + " is incomplete");
        }
        return words.toArray(String[]::new);
    }

    long number(String text, long min, long max, String what) throws SdpException {
        if (!text.isEmpty() && text.length() <= MAX_DIGITS && allDigits(text)) {
            try {
                long number = Long.parseLong(text);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException e) {
                throw wrong(what + " is larger than any number allowed");
            }
        }
        throw wrong(what + " is not a number from " + min + " to " + max);
    }

    private static boolean allDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** A token of RFC 8866 §9 of bounded length. */
    String token(String text, int maxChars, String what) throws SdpException {
        boolean fits = !text.isEmpty() && text.length() <= maxChars && text.chars().allMatch(SdpLine::isTokenChar);
        if (!fits) {
            throw wrong(what + " is not a token of 1 to " + maxChars + " characters");
        }
        return text;
    }

    private static boolean isTokenChar(int c) {
        return c > ' ' && c < 0x7F && "\"(),/:;<=>?@[\\]".indexOf(c) < 0;
    }
}
