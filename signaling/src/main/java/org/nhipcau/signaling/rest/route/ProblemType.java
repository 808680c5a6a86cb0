// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.route;

/** Every kind of refusal the API has, with its status and its title in both languages. */
public enum ProblemType {
    INVALID_REQUEST(400, "The request is not valid", "Yêu cầu không hợp lệ"),
    UNAUTHENTICATED(401, "A valid API key is needed", "Cần khóa API hợp lệ"),
    FORBIDDEN(403, "The key does not allow this", "Khóa này không có quyền làm việc đó"),
    NOT_FOUND(404, "There is no such thing", "Không tìm thấy"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here", "Phương thức không được phép"),
    REFUSED(409, "The consultation's rules refuse this", "Quy tắc hội chẩn không cho phép"),
    CONFLICT(409, "It is there already, or still in use", "Đã tồn tại hoặc đang được dùng"),
    REQUEST_UNDER_WAY(409, "A request with this Idempotency-Key is under way, or its outcome is unknown",
            "Yêu cầu cùng Idempotency-Key đang được xử lý, hoặc chưa rõ kết quả"),
    VERSION_CHANGED(412, "It has changed since", "Dữ liệu đã thay đổi"),
    TOO_LARGE(413, "The body is too large", "Nội dung gửi quá lớn"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body must be application/json", "Nội dung phải là application/json"),
    KEY_REUSED(422, "The Idempotency-Key was used for another request", "Idempotency-Key đã dùng cho yêu cầu khác"),
    VERSION_REQUIRED(428, "If-Match is required", "Cần có If-Match"),
    RATE_LIMITED(429, "Too many requests", "Quá nhiều yêu cầu"),
    INTERNAL(500, "The server failed", "Máy chủ gặp lỗi"),
    UNAVAILABLE(503, "The records cannot be written now", "Hiện không ghi được dữ liệu");

    private final int status;
    private final String title;
    private final String titleVi;

    ProblemType(int status, String title, String titleVi) {
        this.status = status;
        this.title = title;
        this.titleVi = titleVi;
    }

    public int status() {
        return status;
    }

    public String title() {
        return title;
    }

    /** The title in Vietnamese. */
    public String titleVi() {
        return titleVi;
    }
}
