// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.ice;

/** What became of a datagram given to {@link IceLiteAgent#handle}. */
public enum IceResult {
    /** Not a well-formed STUN message, or without a right FINGERPRINT: drop and count. */
    DROP_MALFORMED,
    /** Unknown user name, or no or wrong MESSAGE-INTEGRITY: drop and count; silence is the answer. */
    DROP_UNAUTHENTICATED,
    /** Well-formed, but nothing that is answered: an indication, a response, or not a Binding. */
    IGNORED,
    /** Authenticated: send the response, success or error, to where the request came from. */
    RESPOND
}
