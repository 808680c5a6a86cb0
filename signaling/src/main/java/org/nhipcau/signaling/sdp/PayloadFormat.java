// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One RTP payload type of a section with its a=rtpmap, a=fmtp and a=rtcp-fb lines.
 *
 * <p>Spec: RFC 8866 §6.6 and §6.15, RFC 4585 §4.2.
 *
 * @param encodingName empty: the description has no a=rtpmap for it
 * @param channels audio channels as written, 0: not written
 * @param parameters text of the a=fmtp line, empty: none
 * @param feedback values of its a=rtcp-fb lines, for example {@code nack pli}
 */
record PayloadFormat(int payloadType, String encodingName, int clockRate, int channels, String parameters,
        List<String> feedback) {
    /** RFC 8888 §6: stands for all formats of a section, never for one. */
    static final String CONGESTION_FEEDBACK = "ack ccfb";

    PayloadFormat {
        feedback = List.copyOf(feedback);
    }

    boolean isNamed(String name) {
        return encodingName.equalsIgnoreCase(name);
    }

    PayloadFormat with(String newParameters, List<String> newFeedback) {
        return new PayloadFormat(payloadType, encodingName, clockRate, channels, newParameters, newFeedback);
    }

    /** The a=fmtp values by key in lower case; a value without a key, as RED has it, is itself the key. */
    Map<String, String> parameterMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (String parameter : parameters.split(";")) {
            String text = parameter.strip();
            int equals = text.indexOf('=');
            if (equals > 0) {
                map.putIfAbsent(text.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        text.substring(equals + 1).strip());
            } else if (!text.isEmpty()) {
                map.putIfAbsent(text, "");
            }
        }
        return map;
    }

    String parameter(String key, String absent) {
        return parameterMap().getOrDefault(key, absent);
    }
}
