// SPDX-License-Identifier: Apache-2.0
/**
 * The signaling server: clients and other servers on one side, media nodes (through
 * {@code org.nhipcau.sfu.api} alone) on the other.
 */
package org.nhipcau.signaling;
