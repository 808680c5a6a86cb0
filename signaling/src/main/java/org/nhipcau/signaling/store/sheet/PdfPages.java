// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store.sheet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.state.RenderingMode;

/**
 * Sets lines and tables on A4 pages, one under the other, with a font that is embedded.
 *
 * <p>The font is the one that PDFBox carries, Liberation Sans, which has all letters of Vietnamese. What it has no
 * glyph for is shown as a question mark.
 *
 * <p>Thread: one. Owns: the document.
 */
final class PdfPages implements AutoCloseable {
    /** One column: its share of the width, and its head. */
    record Column(double share, String head) {}

    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";
    private static final float MARGIN = 50;
    private static final float PADDING = 3;
    private static final float LEADING = 1.35f;
    private static final PDRectangle PAGE = PDRectangle.A4;
    private static final float WIDTH = PAGE.getWidth() - 2 * MARGIN;

    private final PDDocument document = new PDDocument();
    private final PDFont font;
    private final CmapLookup glyphs;
    private PDPageContentStream content;
    private float y;
    private int pages;

    PdfPages(String title) throws IOException {
        byte[] bytes;
        try (InputStream in = PDDocument.class.getResourceAsStream(FONT)) {
            bytes = in.readAllBytes();
        }
        TrueTypeFont face = new TTFParser().parse(new RandomAccessReadBuffer(bytes));
        glyphs = face.getUnicodeCmapLookup();
        font = PDType0Font.load(document, new ByteArrayInputStream(bytes), true);
        document.getDocumentInformation().setTitle(title);
        document.getDocumentInformation().setProducer("Nhịp Cầu");
        newPage();
    }

    private void newPage() throws IOException {
        if (content != null) {
            content.close();
        }
        PDPage page = new PDPage(PAGE);
        document.addPage(page);
        content = new PDPageContentStream(document, page);
        y = PAGE.getHeight() - MARGIN;
        pages++;
        show(Integer.toString(pages), 8, PAGE.getWidth() - MARGIN - 8, MARGIN / 2, false);
    }

    /** Moves down. */
    void space(float points) {
        y -= points;
    }

    /** Lines across the page, broken where they are too long. */
    void text(String text, float size, boolean bold) throws IOException {
        for (String line : wrap(text, size, WIDTH)) {
            room(size * LEADING);
            y -= size * LEADING;
            show(line, size, MARGIN, y, bold);
        }
    }

    /** One line in the middle. */
    void centred(String text, float size, boolean bold) throws IOException {
        for (String line : wrap(text, size, WIDTH)) {
            room(size * LEADING);
            y -= size * LEADING;
            show(line, size, MARGIN + (WIDTH - width(line, size)) / 2, y, bold);
        }
    }

    /** A heading with empty dotted lines to write on. */
    void blanks(String heading, int lines) throws IOException {
        float height = 20;
        room(height * (lines + 1));
        space(8);
        text(heading, 11, true);
        for (int i = 0; i < lines; i++) {
            room(height);
            y -= height;
            content.setLineDashPattern(new float[] {1, 2}, 0);
            content.moveTo(MARGIN, y);
            content.lineTo(MARGIN + WIDTH, y);
            content.stroke();
            content.setLineDashPattern(new float[0], 0);
        }
    }

    /** Headings side by side, with room for signatures below. */
    void signatures(List<String> headings) throws IOException {
        float height = 90;
        room(height);
        space(20);
        float each = WIDTH / headings.size();
        for (int i = 0; i < headings.size(); i++) {
            String[] lines = headings.get(i).split("\n");
            for (int j = 0; j < lines.length; j++) {
                show(lines[j], 10, MARGIN + i * each + (each - width(lines[j], 10)) / 2, y - j * 14, j == 0);
            }
        }
        y -= height;
    }

    /** A table; its head is repeated on each page. */
    void table(List<Column> columns, List<List<String>> rows) throws IOException {
        List<String> heads = columns.stream().map(Column::head).toList();
        row(columns, heads, true);
        for (List<String> row : rows) {
            if (y - height(columns, row) < MARGIN) {
                newPage();
                row(columns, heads, true);
            }
            row(columns, row, false);
        }
    }

    private float height(List<Column> columns, List<String> cells) throws IOException {
        int lines = 1;
        for (int i = 0; i < columns.size(); i++) {
            float wide = (float) (columns.get(i).share() * WIDTH) - 2 * PADDING;
            lines = Math.max(lines, wrap(cells.get(i), 9, wide).size());
        }
        return lines * 9 * LEADING + 2 * PADDING;
    }

    private void row(List<Column> columns, List<String> cells, boolean head) throws IOException {
        float height = height(columns, cells);
        room(height);
        float x = MARGIN;
        for (int i = 0; i < columns.size(); i++) {
            float wide = (float) (columns.get(i).share() * WIDTH);
            content.addRect(x, y - height, wide, height);
            content.setLineWidth(0.5f);
            content.stroke();
            float line = y - PADDING;
            for (String part : wrap(cells.get(i), 9, wide - 2 * PADDING)) {
                line -= 9 * LEADING;
                show(part, 9, x + PADDING, line + 2, head);
            }
            x += wide;
        }
        y -= height;
    }

    private void room(float height) throws IOException {
        if (y - height < MARGIN) {
            newPage();
        }
    }

    private void show(String text, float size, float x, float baseline, boolean bold) throws IOException {
        content.beginText();
        content.setFont(font, size);
        // One face is embedded; bold is its outline drawn as well.
        content.setRenderingMode(bold ? RenderingMode.FILL_STROKE : RenderingMode.FILL);
        content.setLineWidth(bold ? size / 30 : 0.5f);
        content.newLineAtOffset(x, baseline);
        content.showText(shown(text));
        content.endText();
    }

    private float width(String text, float size) throws IOException {
        return font.getStringWidth(shown(text)) / 1_000 * size;
    }

    /** In composed letters, as the font has them; without what it has not. */
    private String shown(String text) {
        StringBuilder out = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFC).codePoints().forEach(c -> {
            if (Character.isWhitespace(c)) {
                out.append(' ');
            } else if (glyphs.getGlyphId(c) != 0) {
                out.appendCodePoint(c);
            } else {
                out.append('?');
            }
        });
        return out.toString();
    }

    /** Whether the font has a letter. */
    boolean has(int codePoint) {
        return glyphs.getGlyphId(codePoint) != 0;
    }

    private List<String> wrap(String text, float size, float wide) throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.strip().split("\\s+")) {
            String longer = line.isEmpty() ? word : line + " " + word;
            if (!line.isEmpty() && width(longer, size) > wide) {
                lines.add(line.toString());
                line.setLength(0);
                longer = word;
            }
            while (longer.length() > 1 && width(longer, size) > wide) {
                int fits = longer.length() - 1;
                while (fits > 1 && width(longer.substring(0, fits), size) > wide) {
                    fits--;
                }
                // Not between the halves of one letter.
                fits = fits > 1 && Character.isHighSurrogate(longer.charAt(fits - 1)) ? fits - 1 : fits;
                lines.add(longer.substring(0, fits));
                longer = longer.substring(fits);
            }
            line.setLength(0);
            line.append(longer);
        }
        lines.add(line.toString());
        return lines;
    }

    void save(OutputStream out) throws IOException {
        content.close();
        content = null;
        document.save(out);
    }

    @Override
    public void close() throws IOException {
        if (content != null) {
            content.close();
        }
        document.close();
    }
}
