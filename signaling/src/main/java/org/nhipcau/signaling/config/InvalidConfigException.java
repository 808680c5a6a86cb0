// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.config;

import java.util.List;

/** A configuration the server does not start with. Each problem names the key, the value and what is allowed. */
public final class InvalidConfigException extends Exception {
    private final List<String> problems;

    InvalidConfigException(List<String> problems) {
        super(String.join(System.lineSeparator(), problems), null, false, false);
        this.problems = List.copyOf(problems);
    }

    /** One line each. */
    public List<String> problems() {
        return problems;
    }
}
