// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.api;

/** A server API call that cannot be carried out. The message goes to the caller: no personal data. */
public final class ServiceException extends RuntimeException {
    /** Twirp error codes used here, with their HTTP status. */
    public enum Code {
        INVALID_ARGUMENT("invalid_argument", 400),
        MALFORMED("malformed", 400),
        UNAUTHENTICATED("unauthenticated", 401),
        NOT_FOUND("not_found", 404),
        BAD_ROUTE("bad_route", 404),
        ALREADY_EXISTS("already_exists", 409),
        FAILED_PRECONDITION("failed_precondition", 412),
        RESOURCE_EXHAUSTED("resource_exhausted", 429),
        UNIMPLEMENTED("unimplemented", 501),
        UNAVAILABLE("unavailable", 503),
        INTERNAL("internal", 500);

        private final String wireName;
        private final int status;

        Code(String wireName, int status) {
            this.wireName = wireName;
            this.status = status;
        }

        public String wireName() {
            return wireName;
        }

        public int status() {
            return status;
        }
    }

    private final Code code;

    public ServiceException(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
