// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.keys;

/** Says what is wrong with the configured key, without the key. */
public final class UnusableKeyException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableKeyException(String message) {
        super(message);
    }
}
