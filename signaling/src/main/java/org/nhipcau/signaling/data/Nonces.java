// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.data;

import com.google.protobuf.ByteString;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Remembers the last nonces of one sender, to tell a message that was sent twice. A sender's own only: nobody keeps
 * another's message back with a nonce that was guessed. Thread: the room's.
 */
final class Nonces {
    static final int LENGTH_BYTES = 16;
    /** Over twice what a sender's rate lets through while its client tries again. */
    static final int KEPT = 256;

    private final Set<ByteString> seen = new LinkedHashSet<>();

    /** Whether the nonce is new; anything but 16 bytes is none, and says nothing. */
    boolean add(ByteString nonce) {
        if (nonce.size() != LENGTH_BYTES) {
            return true;
        }
        // A copy of its own: the nonce else holds on to the whole message it was read from.
        if (!seen.add(ByteString.copyFrom(nonce.toByteArray()))) {
            return false;
        }
        if (seen.size() > KEPT) {
            seen.remove(seen.iterator().next());
        }
        return true;
    }
}
