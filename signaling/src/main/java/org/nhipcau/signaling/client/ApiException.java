// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.client;

import org.nhipcau.signaling.rest.route.Problem;

/** The server's refusal, or its silence. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Problem problem;

    ApiException(int status, Problem problem, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
        this.problem = problem;
    }

    /** The HTTP status; 0: there was no answer. */
    public int status() {
        return status;
    }

    /** What the server says; null when it says nothing. */
    public Problem problem() {
        return problem;
    }
}
