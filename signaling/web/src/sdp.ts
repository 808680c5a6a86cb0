// SPDX-License-Identifier: Apache-2.0

/** A description's parts: what is said of the session, then each of its media (RFC 8866 §5). */
export function sections(sdp: string): string[] {
  return sdp.split(/^(?=m=)/m);
}
