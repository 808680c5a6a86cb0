// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.whip;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nhipcau.signaling.http.HttpAnswer;
import org.nhipcau.signaling.rest.route.Problem;
import org.nhipcau.signaling.rest.route.Reply;
import org.nhipcau.signaling.session.JoinRefusedException;

/** Every kind of refusal of the endpoint, with its status and its title in both languages. Spec: RFC 9457. */
enum WhipProblem {
    INVALID_REQUEST(400, "The request is not valid", "Yêu cầu không hợp lệ"),
    INVALID_OFFER(400, "The session description cannot be read", "Không đọc được mô tả phiên (SDP)"),
    UNAUTHENTICATED(401, "A valid token is needed", "Cần mã truy cập hợp lệ"),
    FORBIDDEN(403, "This token may not join", "Mã truy cập này không được vào"),
    ORIGIN_NOT_ALLOWED(403, "This page may not publish here", "Trang này không được phép phát"),
    WAITING_IN_LOBBY(403, "Let into the lobby only: try again when admitted",
            "Đang ở phòng chờ: hãy thử lại khi được cho vào"),
    SOURCE_NOT_ALLOWED(403, "This source may not be published now", "Hiện không được phát nguồn này"),
    NOT_FOUND(404, "There is no such session", "Không có phiên này"),
    METHOD_NOT_ALLOWED(405, "The method is not allowed here", "Phương thức không được phép"),
    NOT_ACCEPTABLE(406, "An offer of this shape is not taken", "Không nhận đề nghị (SDP) kiểu này"),
    RESTART_UNDER_WAY(409, "Another restart is under way", "Đang khởi động lại ICE"),
    VERSION_CHANGED(412, "The ICE session is another by now", "Phiên ICE đã thay đổi"),
    TOO_LARGE(413, "The body is too large", "Nội dung gửi quá lớn"),
    UNSUPPORTED_MEDIA_TYPE(415, "The body is of another type", "Loại nội dung không đúng"),
    VERSION_REQUIRED(428, "If-Match is required", "Cần có If-Match"),
    RATE_LIMITED(429, "Too many requests", "Quá nhiều yêu cầu"),
    INTERNAL(500, "The server failed", "Máy chủ gặp lỗi"),
    UNAVAILABLE(503, "It cannot be taken now: try again", "Hiện chưa nhận được, xin thử lại");

    /** Refusals of consultations: a code, then a Vietnamese and an English sentence. */
    private static final Pattern CODED = Pattern.compile("([a-z][a-z-]{1,60}): (.+) / (.+)", Pattern.DOTALL);
    private static final String RETRY_AFTER = "Retry-After";

    private final int status;
    private final String title;
    private final String titleVi;

    WhipProblem(int status, String title, String titleVi) {
        this.status = status;
        this.title = title;
        this.titleVi = titleVi;
    }

    int status() {
        return status;
    }

    /** As it is sent. */
    HttpAnswer answer() {
        return answer(null, null, null);
    }

    /** With what is wrong in this case; holds nothing that was sent. */
    HttpAnswer answer(String detail) {
        return answer(null, detail, null);
    }

    private HttpAnswer answer(String code, String detail, String detailVi) {
        HttpAnswer answer = Reply.problem(new Problem(Problem.uri(this), title, titleVi, status, detail, detailVi,
                code, null)).answer();
        return switch (this) {
            case UNAUTHENTICATED -> answer.with("WWW-Authenticate", "Bearer");
            case UNSUPPORTED_MEDIA_TYPE -> answer.with("Accept-Post", WhipEndpoint.SDP)
                    .with("Accept-Patch", WhipEndpoint.FRAGMENT);
            case WAITING_IN_LOBBY -> answer.with(RETRY_AFTER, "5");
            case RATE_LIMITED, RESTART_UNDER_WAY -> answer.with(RETRY_AFTER, "1");
            case UNAVAILABLE -> answer.with(RETRY_AFTER, "2");
            default -> answer;
        };
    }

    /** What rooms and consultations say to one who would join. */
    static HttpAnswer of(JoinRefusedException refused) {
        WhipProblem kind = switch (refused.status()) {
            case 400 -> INVALID_REQUEST;
            case 401, 403 -> FORBIDDEN;
            case 404 -> NOT_FOUND;
            default -> UNAVAILABLE;
        };
        Matcher coded = CODED.matcher(refused.getMessage());
        return coded.matches() ? kind.answer(coded.group(1), coded.group(3), coded.group(2))
                : kind.answer(refused.getMessage());
    }
}
