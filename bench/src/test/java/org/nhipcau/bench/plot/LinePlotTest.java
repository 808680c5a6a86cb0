// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class LinePlotTest {
    private static Document parse(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }

    private static long count(Document svg, String tag, String cssClass) {
        NodeList found = svg.getElementsByTagName(tag);
        long count = 0;
        for (int i = 0; i < found.getLength(); i++) {
            count += ((Element) found.item(i)).getAttribute("class").equals(cssClass) ? 1 : 0;
        }
        return count;
    }

    @Test
    void shouldDrawEveryPointWithItsSpreadWithinThePicture() throws Exception {
        Series first = new Series("a < b & \"c\"").add(1, 10, 9, 12).add(50, 20).add(500, 15, 15, 16);
        Series second = new Series("other").add(1, 1).add(500, 2);
        Document svg = parse(new LinePlot("Cost <per> packet", "2 cores", Axis.log("receivers"), Axis.linear("ns"))
                .add(first).add(second).add(new Series("empty")).target("target 18", 18).svg());
        assertEquals(3, count(svg, "circle", "m0"));
        assertEquals(2, count(svg, "circle", "m1"));
        assertEquals(2, count(svg, "line", "s0"));
        assertEquals(1, count(svg, "line", "target"));
        assertEquals(1, count(svg, "path", "line s0"));
        NodeList circles = svg.getElementsByTagName("circle");
        for (int i = 0; i < circles.getLength(); i++) {
            Element circle = (Element) circles.item(i);
            double x = Double.parseDouble(circle.getAttribute("cx"));
            double y = Double.parseDouble(circle.getAttribute("cy"));
            assertTrue(x >= 70 && x <= 740 && y >= 60 && y <= 370, x + ", " + y);
        }
        String text = svg.getDocumentElement().getTextContent();
        assertTrue(text.contains("a < b & \"c\"") && text.contains("other") && text.contains("target 18")
                && text.contains("receivers") && text.contains("prefers-color-scheme: dark"), text);
    }

    @Test
    void shouldWriteAFileAndTheFoldersAboveIt(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("a").resolve("b.svg");
        new LinePlot("t", "", Axis.close("x"), Axis.close("y")).add(new Series("s").add(3, 3)).write(file);
        assertEquals("svg", parse(Files.readString(file)).getDocumentElement().getTagName());
    }

    @Test
    void shouldChooseRoundTicksThatHoldAllValues() {
        assertEquals(List.of(0.0, 50.0, 100.0, 150.0, 200.0, 250.0), Axis.linear("").range(13, 236).ticks());
        assertEquals(List.of(100.0, 100.5, 101.0, 101.5, 102.0), Axis.close("").range(100.2, 102).ticks());
        assertEquals(List.of(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0),
                Axis.log("").range(1, 500).ticks());
        assertEquals(List.of(0.1, 1.0, 10.0, 100.0, 1_000.0, 10_000.0).size(),
                Axis.log("").range(0.2, 9_000).ticks().size());
        for (double value : new double[] {-7, 0, 1e-9, 3, 1e12}) {
            Axis.Range range = Axis.linear("").range(value, value);
            assertTrue(range.low() <= value && value <= range.high() && range.low() < range.high(), "" + value);
        }
        assertEquals(0.5, Axis.log("").range(1, 100).place(10), 1e-12);
        assertEquals("0", Axis.text(0));
        assertEquals("0.05", Axis.text(0.05));
        assertEquals("25k", Axis.text(25_000));
        assertEquals("1.5M", Axis.text(1_500_000));
        assertEquals("1234", Axis.text(1_234));
    }

    @Test
    void shouldRefuseWhatCannotBeDrawn() {
        LinePlot plot = new LinePlot("t", "", Axis.linear("x"), Axis.log("y"));
        assertThrows(IllegalStateException.class, plot::svg);
        plot.add(new Series("s").add(1, 0));
        assertThrows(IllegalArgumentException.class, plot::svg);
        assertThrows(IllegalArgumentException.class, () -> new Series("s").add(1, 2, 3, 4));
        assertThrows(IllegalArgumentException.class, () -> new Series("s").add(Double.NaN, 2));
    }
}
