// SPDX-License-Identifier: Apache-2.0
/**
 * Access tokens: what they grant, how they are checked and made. HS256 only (RFC 7515, RFC 7519).
 *
 * <p>Thread: any; everything here is immutable.
 */
package org.nhipcau.signaling.token;
