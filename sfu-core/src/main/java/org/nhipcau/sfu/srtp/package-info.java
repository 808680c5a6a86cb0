// SPDX-License-Identifier: Apache-2.0
/**
 * Secure RTP: packets of one transport are authenticated, encrypted and guarded against replay, in place.
 *
 * <p>Specs: RFC 3711 (SRTP, SRTCP), RFC 7714 (AES-GCM), RFC 6188 (key derivation for 256-bit keys), RFC 5764 §4.2 (how
 * DTLS hands the keys over). Left out on purpose: MKI, 32-bit tags, NULL ciphers, unencrypted SRTCP, re-keying within a
 * transport (a new transport gets new keys). RFC 9335 (encrypted header extensions) is not offered yet.
 *
 * <p>What we own: rollover counter, replay windows, the bound on SSRCs, the indexes of outgoing packets. What engines
 * do: one keyed packet at a time, at an index they are told, in place or from one packet into another. Four engines
 * stand behind the seam: libIPSec_MB and libcrypto through foreign calls (nothing allocated per packet), the JDK's own
 * ciphers, and jitsi-srtp, which is also the oracle in tests. {@link org.nhipcau.sfu.srtp.SrtpEngines} chooses.
 *
 * <p>Thread: a transform belongs to its peer's worker; no lock, clock or random source inside. Floor 2: uses buffer.
 *
 * <p>Reading order: {@link org.nhipcau.sfu.srtp.SrtpTransform}, {@link org.nhipcau.sfu.srtp.SrtpSession},
 * {@link org.nhipcau.sfu.srtp.IndexWindow}, {@link org.nhipcau.sfu.srtp.PacketCipher}, then the engines.
 */
package org.nhipcau.sfu.srtp;
