// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.dtls;

import org.nhipcau.sfu.api.MediaEvent.PeerFailure;
import org.nhipcau.sfu.srtp.SrtpKeyMaterial;

/**
 * Learns how a handshake ended. Either {@code onFailed} comes once, or {@code onConnected} and later at most once
 * {@code onClosed}; nothing comes for an end that {@link DtlsEndpoint#close} caused.
 *
 * <p>Thread: the endpoint's own, not the worker's: hand over and return.
 */
public interface DtlsListener {

    /** The other end proved its certificate and finished: media may flow in both directions. */
    void onConnected(SrtpKeyMaterial keys);

    /** No keys, now or later. DTLS_TIMEOUT, DTLS_FAILED, FINGERPRINT_MISMATCH or INTERNAL. */
    void onFailed(PeerFailure failure);

    /** The other end closed or failed after the handshake: stop sending at once. */
    void onClosed(PeerFailure failure);
}
