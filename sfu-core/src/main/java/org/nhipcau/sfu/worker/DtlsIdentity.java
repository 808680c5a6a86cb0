// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import org.nhipcau.sfu.dtls.DtlsCertificate;

/** The node's certificate of the day. Thread: any. */
@FunctionalInterface
public interface DtlsIdentity {
    /** The certificate for new transports; running ones keep theirs. */
    DtlsCertificate current();
}
