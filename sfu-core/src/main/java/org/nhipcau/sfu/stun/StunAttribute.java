// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.stun;

/** The numbers of STUN and ICE attributes and message types. Spec: RFC 8489 §18, RFC 8445 §20. */
final class StunAttribute {
    static final int MAPPED_ADDRESS = 0x0001;
    static final int USERNAME = 0x0006;
    static final int MESSAGE_INTEGRITY = 0x0008;
    static final int ERROR_CODE = 0x0009;
    static final int UNKNOWN_ATTRIBUTES = 0x000A;
    static final int REALM = 0x0014;
    static final int NONCE = 0x0015;
    static final int XOR_MAPPED_ADDRESS = 0x0020;
    static final int PRIORITY = 0x0024;
    static final int USE_CANDIDATE = 0x0025;
    static final int FINGERPRINT = 0x8028;
    static final int ICE_CONTROLLED = 0x8029;
    static final int ICE_CONTROLLING = 0x802A;

    /** Types below this one must be understood by the receiver (RFC 8489 §14). */
    static final int FIRST_OPTIONAL = 0x8000;

    private StunAttribute() {}
}
