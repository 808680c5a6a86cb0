// SPDX-License-Identifier: Apache-2.0
/**
 * A client's signaling session: from the verified join request to the leave.
 *
 * <p>The transport (package ws) hands in whole messages and takes whole messages; it knows no rooms. The session knows
 * no sockets.
 */
package org.nhipcau.signaling.session;
