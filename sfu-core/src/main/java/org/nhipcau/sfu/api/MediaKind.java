// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.api;

/** The two kinds of media of a session description's m= line. */
public enum MediaKind {
    AUDIO,
    VIDEO
}
