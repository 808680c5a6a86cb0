// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sheet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.consultation.Consultation;
import org.nhipcau.signaling.consultation.ConsultationCommand.Conclude;
import org.nhipcau.signaling.consultation.ConsultationCommand.Resume;
import org.nhipcau.signaling.consultation.ConsultationCommand.Suspend;
import org.nhipcau.signaling.store.ReportQueries.Grouping;
import org.nhipcau.signaling.store.ReportQueries.Question;
import org.nhipcau.signaling.store.ReportQueries.Row;
import org.nhipcau.signaling.store.Sessions;

class SheetTest {
    @TempDir
    private Path directory;

    /** Every vowel with every mark and tone, and đ. */
    private static String alphabet() {
        StringBuilder all = new StringBuilder("đĐ");
        for (String vowel : "a ă â e ê i o ô ơ u ư y A Ă Â E Ê I O Ô Ơ U Ư Y".split(" ")) {
            for (String tone : List.of("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")) {
                all.append(Normalizer.normalize(vowel + tone, Normalizer.Form.NFC));
            }
        }
        return all.toString();
    }

    @Test
    void e4TheFontShouldHaveEveryLetterOfVietnamese() throws Exception {
        assertEquals(2 + 24 * 6, alphabet().length());
        try (PdfPages pages = new PdfPages("x")) {
            alphabet().codePoints().forEach(c -> assertTrue(pages.has(c), Character.toString(c)));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            // Decomposed letters, as some keyboards send them, and one that the font has not.
            pages.text(Normalizer.normalize(alphabet(), Normalizer.Form.NFD) + " 😀", 9, false);
            pages.save(out);
            assertTrue(text(out).replaceAll("\\s", "").contains(alphabet() + "?"), () -> "letters lost");
        }
    }

    private static String text(ByteArrayOutputStream pdf) {
        try (PDDocument document = Loader.loadPDF(pdf.toByteArray())) {
            return Normalizer.normalize(new PDFTextStripper().getText(document), Normalizer.Form.NFC);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void d3TheSheetShouldSayWhoTookPartAndLeaveRoomForTheMinutes() throws Exception {
        try (Sessions sessions = new Sessions("", directory)) {
            String id = sessions.inSession().id();
            for (int i = 0; i < 20; i++) {
                sessions.pass(600);
                sessions.does(id, Sessions.OFFICE, new Suspend("power-cut"));
                sessions.does(id, Sessions.OFFICE, new Resume());
            }
            sessions.pass(61);
            sessions.does(id, Sessions.OFFICE, new Conclude(Consultation.Outcome.DONE));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertTrue(sessions.store.exports().sheet(id, new Exports.Asker("operator", true, "", sessions.now), out));
            String text = text(out);
            for (String told : List.of("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Mã hội chẩn: " + id, "Giàng A Bệnh",
                    "Trần Văn Chủ", "bác sĩ trình bày", "Bệnh viện Bạch Mai", "Trạm Y tế xã Mù Cả",
                    "Chủ tọa: Trần Văn Chủ",
                    "Bắt đầu: 08:00 ngày 02/03/2026", "Kết thúc: 11:21 ngày 02/03/2026", "Kết quả: hoàn thành",
                    "Tóm tắt bệnh án", "Kết luận và hướng xử trí", "(Ký, ghi rõ họ tên)")) {
                assertTrue(text.replaceAll("\\s+", " ").contains(told), told + " is not in\n" + text);
            }
            try (PDDocument document = Loader.loadPDF(out.toByteArray())) {
                assertTrue(document.getNumberOfPages() >= 2, "63 stays need pages");
            }
            ByteArrayOutputStream plain = new ByteArrayOutputStream();
            sessions.store.exports().sheet(id, new Exports.Asker("operator", false, "", sessions.now), plain);
            assertTrue(text(plain).contains(sessions.patient));
            assertFalse(text(plain).contains("Giàng"));
            assertFalse(sessions.store.exports().sheet("C_Nobody111111", new Exports.Asker("o", false, "", sessions.now),
                    plain));
        }
    }

    @Test
    void d4CellsShouldNeverBeFormulas() {
        for (String formula : List.of("=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "|x", "＝1")) {
            String cell = ReportSheet.cell(formula).replace("\"", "");
            assertTrue(cell.startsWith("'"), cell);
        }
        assertEquals("a b", ReportSheet.cell("a b"));
        assertEquals("\"a,\"\"b\"\"\"", ReportSheet.cell("a,\"b\""));
        assertEquals("", ReportSheet.cell(""));
        Question question = new Question(Sessions.START, Sessions.START.plusSeconds(1), "", "", "", "",
                Grouping.FACILITY);
        List<Row> rows = List.of(new Row("-X", 1, 0, 2, 3, 4));
        assertEquals("facility,sessions,emergencies,participants,stays,minutes\r\n'-X,1,0,2,3,4\r\n",
                ReportSheet.csv(question, rows));
        assertEquals("{\"from\":\"2026-03-02T01:00:00Z\",\"to\":\"2026-03-02T01:00:01Z\",\"by\":\"facility\",\"rows\":["
                + "{\"key\":\"-X\",\"sessions\":1,\"emergencies\":0,\"participants\":2,\"stays\":3,\"minutes\":4}]}",
                ReportSheet.json(question, rows).toString());
    }
}
