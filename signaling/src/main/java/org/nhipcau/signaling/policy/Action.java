// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.policy;

/** What somebody may do in or with a consultation beside sending and receiving media. */
public enum Action {
    SEND_DATA("gửi tin nhắn", "send data"),
    ENLIST("ghi tên vào danh sách", "put on the list"),
    APPROVE("phê duyệt danh sách", "approve the list"),
    CHANGE_ROLE("đổi vai trò", "change a role"),
    ANSWER("nhận hoặc từ chối yêu cầu", "accept or decline a request"),
    SCHEDULE("xếp lịch", "schedule"),
    TEST("kiểm tra đường truyền", "test the line"),
    OPEN("mở phòng chờ", "open the lobby"),
    BEGIN("bắt đầu", "begin"),
    ADMIT("cho vào, không cho vào", "admit and deny"),
    REMOVE("mời ra", "remove"),
    MUTE("tắt tiếng, tắt hình", "mute others"),
    SET_MAIN_SCREEN("đưa lên màn hình chính", "put on the main screen"),
    RECORD_CONSENT("ghi nhận đồng ý", "record consent"),
    WITHDRAW_CONSENT("rút đồng ý", "withdraw consent"),
    TIGHTEN_POLICY("siết che mặt", "tighten the face policy"),
    LOOSEN_POLICY("nới che mặt", "loosen the face policy"),
    RELEASE_TRACK("mở lại hình đã bị ngắt", "release a picture that was cut"),
    ALLOW_RECORDER("cho phép ghi hình", "allow the recorder"),
    SUSPEND("tạm ngừng", "suspend"),
    RESUME("tiếp tục", "resume"),
    CANCEL("hủy trước khi bắt đầu", "cancel before it begins"),
    CONCLUDE("kết thúc", "conclude"),
    DECLARE_EMERGENCY("báo cấp cứu", "declare an emergency"),
    CONFIRM_EMERGENCY("xác nhận cấp cứu", "confirm an emergency"),
    /** The server's own timers and gate. */
    KEEP_TIME("theo dõi tự động", "the server's own upkeep");

    private final String vi;
    private final String en;

    Action(String vi, String en) {
        this.vi = vi;
        this.en = en;
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
