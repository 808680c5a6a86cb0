// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** Who begins the DTLS handshake (RFC 8842): the client does, the server waits. */
public enum DtlsRole {
    CLIENT,
    SERVER
}
