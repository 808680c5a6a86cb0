// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.consultation;

import java.util.Locale;

/** Every reason for which a command is refused: a code for programs, and a sentence in two languages for people. */
public enum RefusalCode {
    NOT_FOUND(Kind.UNKNOWN, "Không có buổi hội chẩn này.", "There is no such consultation."),
    NOT_ON_LIST(Kind.FORBIDDEN, "Người này không có trong danh sách.", "This person is not on the list."),
    NOT_APPROVED(Kind.FORBIDDEN, "Danh sách chưa được lãnh đạo phê duyệt cho người này.",
            "The facility's leader has not approved this person."),
    DENIED(Kind.FORBIDDEN, "Người này không được cho vào.", "This person was not let in."),
    REMOVED(Kind.FORBIDDEN, "Người này đã được mời ra.", "This person was sent out."),
    NOT_PERMITTED(Kind.FORBIDDEN, "Vai trò này không có quyền đó.", "This role may not do that."),
    OTHER_FACILITY(Kind.FORBIDDEN, "Cơ sở này không có quyền đối với yêu cầu đó.",
            "This facility has no say in that."),
    SAME_PERSON(Kind.FORBIDDEN, "Người báo cấp cứu không được tự xác nhận.",
            "Who declared the emergency cannot confirm it."),
    WRONG_STATE(Kind.CONFLICT, "Không thực hiện được ở bước này.", "That cannot be done at this stage."),
    DECLINED(Kind.CONFLICT, "Yêu cầu đã bị từ chối.", "The request was declined."),
    EXPIRED(Kind.CONFLICT, "Yêu cầu đã hết hạn.", "The request has expired."),
    CONCLUDED(Kind.CONFLICT, "Buổi hội chẩn đã kết thúc.", "The consultation has ended."),
    NOT_DUE(Kind.CONFLICT, "Chưa đến lúc hết hạn.", "It has not expired yet."),
    NOT_SCHEDULED(Kind.CONFLICT, "Chưa có lịch.", "It has no appointed time yet."),
    TOO_EARLY(Kind.CONFLICT, "Chưa đến giờ: mở trước 5 phút.", "Too early: the doors open 5 minutes before."),
    IN_THE_PAST(Kind.INVALID, "Thời điểm đã qua.", "That time has passed."),
    CONSENT_MISSING(Kind.CONFLICT, "Chưa ghi nhận sự đồng ý của người bệnh.",
            "The patient's consent is not recorded."),
    CONSENT_NOT_VALID(Kind.INVALID, "Ghi nhận đồng ý chưa hợp lệ.", "That is not a valid consent."),
    CAREGIVER_MISSING(Kind.CONFLICT, "Trẻ dưới 6 tuổi phải có người chăm sóc.",
            "A child under 6 must have a caregiver present."),
    NOT_PRESENT(Kind.CONFLICT, "Người này chưa có mặt.", "This person is not here."),
    NOT_AN_EMERGENCY(Kind.CONFLICT, "Đây không phải ca cấp cứu.", "This is not an emergency."),
    ALREADY_LISTED(Kind.CONFLICT, "Người này đã có trong danh sách.", "This person is on the list already."),
    LIST_FULL(Kind.CONFLICT, "Danh sách đã đầy.", "The list is full."),
    ONE_PATIENT(Kind.INVALID, "Chỉ người bệnh của buổi này có vai trò người bệnh.",
            "Only the consultation's patient has the role of patient."),
    RECORDER_ONLY_BY_API(Kind.FORBIDDEN, "Hệ thống ghi hình chỉ do cơ sở đăng ký qua API.",
            "A recorder is put on the list by the responsible facility, by API, only."),
    RECORDER_NOT_ALLOWED(Kind.FORBIDDEN, "Chưa cho phép ghi hình.", "The recorder is not allowed."),
    POLICY_NOT_VALID(Kind.INVALID, "Cách che mặt chưa hợp lệ.", "That is not a valid face policy."),
    VERSION_CONFLICT(Kind.CONFLICT, "Cách che mặt vừa được người khác thay đổi: xem lại rồi quyết định.",
            "Somebody else has changed the face policy since: look at it again, and decide again."),
    LEVEL_UNAVAILABLE(Kind.INVALID, "Mức kiểm chứng này chưa có trên máy chủ.",
            "This server cannot verify or apply covers yet: only the level attested is available."),
    HOLD_BACK_UNAVAILABLE(Kind.INVALID, "Giữ chậm hình chưa có ở mức này.",
            "Packets can be held back only at a level that is not available yet."),
    OUTCOME_NOT_POSSIBLE(Kind.CONFLICT, "Kết quả này không hợp với bước hiện tại.",
            "That outcome is not possible at this stage."),
    NOT_VALID(Kind.INVALID, "Dữ liệu chưa hợp lệ.", "A value is not valid.");

    /** What sort of no it is. */
    public enum Kind {
        /** The value can never be right. */
        INVALID,
        /** This actor may not. */
        FORBIDDEN,
        /** Not now. */
        CONFLICT,
        /** There is no such thing. */
        UNKNOWN
    }

    private final Kind kind;
    private final String vi;
    private final String en;

    RefusalCode(Kind kind, String vi, String en) {
        this.kind = kind;
        this.vi = vi;
        this.en = en;
    }

    /** As programs read it, for example {@code consent-missing}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What sort of no it is. */
    public Kind kind() {
        return kind;
    }

    /** As it is read on a Vietnamese screen. */
    public String vi() {
        return vi;
    }

    /** As it is read on an English screen. */
    public String en() {
        return en;
    }
}
