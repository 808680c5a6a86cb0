// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.sdp;

import java.util.List;

/**
 * A session description as far as WebRTC uses it. What holds for the whole session stands in every section already:
 * transport attributes, header extensions and direction.
 *
 * <p>Spec: RFC 8866, RFC 8829.
 *
 * @param originUser user name of the o= line; {@code -} or a browser's mark
 * @param sessionId decimal number of the o= line
 * @param bundle mids of the (first) BUNDLE group, in its order; empty: no such group
 */
record SessionDescription(String originUser, long sessionId, long version, boolean iceLite,
        boolean extmapAllowMixed, List<String> bundle, List<MediaSection> sections) {
    SessionDescription {
        bundle = List.copyOf(bundle);
        sections = List.copyOf(sections);
    }

    /** Whether one- and two-byte header extensions may be mixed on the section (RFC 8285 §4.1.2). */
    boolean allowsMixed(MediaSection section) {
        return extmapAllowMixed || section.extmapAllowMixed();
    }

    /** Firefox ignores the order of formats in an answer. */
    boolean isFirefox() {
        return originUser.startsWith("mozilla");
    }
}
