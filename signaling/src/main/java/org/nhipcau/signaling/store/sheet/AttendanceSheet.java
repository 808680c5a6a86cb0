// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sheet;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.policy.Role;
import org.nhipcau.signaling.store.AttendanceStore;
import org.nhipcau.signaling.store.sheet.PdfPages.Column;
import org.nhipcau.signaling.store.sql.SqlReports;

/**
 * The attendance part of the minutes as a PDF in Vietnamese: who took part, from which facility, from when to when, who
 * chaired and who kept the minutes; and blank fields for what belongs into the hospital's own record.
 *
 * <p>Spec: requirements D3. Thread: any.
 */
final class AttendanceSheet {
    /**
     * What is on it.
     *
     * @param names by pseudonym; those who are missing are shown by pseudonym
     * @param facilities names by code
     */
    record Content(Consultation consultation, List<AttendanceStore.Stay> stays, Map<String, String> names,
            Map<String, String> facilities, Instant printedAt) {}

    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("HH:mm 'ngày' dd/MM/yyyy")
            .withZone(SqlReports.VIETNAM);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss dd/MM")
            .withZone(SqlReports.VIETNAM);
    private static final List<Column> COLUMNS = List.of(new Column(0.06, "STT"), new Column(0.24, "Họ và tên"),
            new Column(0.16, "Vai trò"), new Column(0.22, "Cơ sở"), new Column(0.12, "Từ"), new Column(0.12, "Đến"),
            new Column(0.08, "Số phút"));

    private AttendanceSheet() {}

    static void write(Content content, OutputStream out) throws IOException {
        try (PdfPages pages = new PdfPages("Danh sách tham dự " + content.consultation().id())) {
            heading(pages, content);
            people(pages, content);
            minutes(pages);
            pages.save(out);
        }
    }

    private static void heading(PdfPages pages, Content content) throws IOException {
        Consultation consultation = content.consultation();
        pages.centred("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 11, true);
        pages.centred("Độc lập - Tự do - Hạnh phúc", 11, false);
        pages.space(14);
        pages.centred("DANH SÁCH THAM DỰ VÀ BIÊN BẢN HỘI CHẨN TỪ XA", 14, true);
        pages.space(10);
        pages.text("Mã hội chẩn: " + consultation.id(), 10, false);
        if (consultation.request().requester() != null) {
            pages.text("Cơ sở đề nghị: " + facility(content, consultation.request().requester().code()), 10, false);
        }
        pages.text("Cơ sở tư vấn: " + facility(content, consultation.request().facility().code()), 10, false);
        pages.text("Bắt đầu: " + moment(consultation.beganAtMs()) + "     Kết thúc: "
                + moment(consultation.endedAtMs()), 10, false);
        pages.text("Chủ tọa: " + those(content, Role.CHAIR) + "     Thư ký: " + those(content, Role.SECRETARY), 10,
                false);
        pages.text("Kết quả: " + outcome(consultation) + (consultation.onEmergencyPath()
                ? "     Cấp cứu, " + (consultation.owesConfirmation() ? "chưa xác nhận" : "đã xác nhận") : ""), 10,
                false);
        pages.space(8);
    }

    private static String facility(Content content, String code) {
        String name = content.facilities().getOrDefault(code, code);
        return name.equals(code) ? code : name + " (" + code + ")";
    }

    private static String moment(long ms) {
        return ms == 0 ? "…………" : MOMENT.format(Instant.ofEpochMilli(ms));
    }

    private static String outcome(Consultation consultation) {
        if (consultation.outcome() == null) {
            return consultation.state().vi();
        }
        return switch (consultation.outcome()) {
            case DONE -> "hoàn thành";
            case CALL_LATER -> "hẹn gọi lại";
            case CANCELLED_FREE -> "hủy, không tính phí";
            case MOVED_TO_TELEPHONE -> "chuyển sang điện thoại";
        };
    }

    private static String those(Content content, Role role) {
        List<String> names = content.consultation().list().values().stream().filter(person -> person.role() == role)
                .map(person -> name(content, person.pseudonym())).toList();
        return names.isEmpty() ? "…………" : String.join(", ", names);
    }

    private static String name(Content content, String pseudonym) {
        return content.names().getOrDefault(pseudonym, pseudonym);
    }

    private static void people(PdfPages pages, Content content) throws IOException {
        pages.text("Thành phần tham dự", 11, true);
        pages.space(4);
        List<List<String>> rows = new ArrayList<>();
        for (AttendanceStore.Stay stay : content.stays()) {
            Instant to = stay.to() == null ? content.printedAt() : stay.to();
            long minutes = (Math.max(0, to.toEpochMilli() - stay.from().toEpochMilli()) + 59_999) / 60_000;
            rows.add(List.of(Integer.toString(rows.size() + 1), name(content, stay.pseudonym()), stay.role().vi(),
                    content.facilities().getOrDefault(stay.facility(), stay.facility()), TIME.format(stay.from()),
                    stay.to() == null ? "đang dự" : TIME.format(stay.to()) + (stay.endedBy().equals("recovered") ? " *"
                    : ""),
                    Long.toString(minutes)));
        }
        pages.table(COLUMNS, rows);
        if (content.stays().stream().anyMatch(stay -> stay.endedBy().equals("recovered"))) {
            pages.text("* Máy chủ bị gián đoạn; giờ kết thúc là lúc cuối cùng máy chủ còn hoạt động (sai số 5 giây).",
                    8,
                    false);
        }
    }

    private static void minutes(PdfPages pages) throws IOException {
        pages.blanks("Tóm tắt bệnh án", 4);
        pages.blanks("Ý kiến của các thành viên", 6);
        pages.blanks("Kết luận và hướng xử trí", 5);
        pages.signatures(List.of("THƯ KÝ\n(Ký, ghi rõ họ tên)", "CHỦ TỌA\n(Ký, ghi rõ họ tên)"));
    }
}
