// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.rtcp;

/** Packet types, feedback formats and sizes that reader and writer share. */
final class RtcpType {
    static final int SR = 200;
    static final int RR = 201;
    static final int SDES = 202;
    static final int BYE = 203;
    static final int RTPFB = 205;
    static final int PSFB = 206;
    static final int XR = 207;

    static final int NACK_FORMAT = 1;
    static final int CCFB_FORMAT = 11;
    static final int TRANSPORT_CC_FORMAT = 15;
    static final int PLI_FORMAT = 1;
    static final int FIR_FORMAT = 4;
    static final int AFB_FORMAT = 15;

    static final int XR_RRTR_BLOCK = 4;
    static final int XR_DLRR_BLOCK = 5;

    /** "REMB". */
    static final int REMB_IDENTIFIER = 0x52454d42;
    static final int HEADER_BYTES = 4;
    static final int REPORT_BLOCK_BYTES = 24;
    static final int SENDER_INFO_BYTES = 20;

    private RtcpType() {}
}
