// SPDX-License-Identifier: Apache-2.0
/**
 * What operators look at: health, readiness and metrics, on a port of its own that is bound to loopback by default.
 *
 * <p>No label and no answer holds a room, a person or an address. Thread: any. Micrometer is used here only.
 */
package org.nhipcau.signaling.admin;
