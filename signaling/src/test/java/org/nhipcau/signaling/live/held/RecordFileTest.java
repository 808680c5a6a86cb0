// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live.held;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was kept is there after a crash; what was being kept is there whole or not at all. */
class RecordFileTest {
    private static final List<String> RECORDS = List.of("{\"n\":1}", "{\"n\":2,\"what\":\"Mời ra\"}", "{\"n\":3}");

    @TempDir
    Path directory;
    private Path path;

    @BeforeEach
    void name() {
        path = directory.resolve("records");
    }

    private RecordFile filled() throws IOException {
        RecordFile file = RecordFile.open(path);
        for (String record : RECORDS) {
            file.append(record);
        }
        return file;
    }

    private List<String> found() throws IOException {
        return RecordFile.open(path).found();
    }

    @Test
    void shouldMakeNoFileBeforeThereIsSomethingToKeep() throws Exception {
        assertEquals(List.of(), found());
        assertFalse(Files.exists(path));
    }

    @Test
    void shouldGiveBackWhatItKeptInOrder() throws Exception {
        RecordFile file = filled();
        assertEquals(RECORDS, found());
        assertEquals(Files.size(path), file.lengthBytes());
        file.rewrite(List.of("{}"));
        file.append("{\"n\":4}");
        assertEquals(List.of("{}", "{\"n\":4}"), found());
        assertFalse(Files.exists(directory.resolve("records.new")));
    }

    @Test
    void shouldCutATornTailWhereverItTore() throws Exception {
        filled();
        byte[] whole = Files.readAllBytes(path);
        int last = whole.length - "01234567 {\"n\":3}\n".length();
        for (int end = last; end < whole.length; end++) {
            Files.write(path, Arrays.copyOf(whole, end));
            RecordFile file = RecordFile.open(path);
            assertEquals(RECORDS.subList(0, 2), file.found(), "torn at " + end);
            assertEquals(end - last, file.cutBytes());
            file.append("{\"n\":3}");
            assertEquals(RECORDS, found(), "torn at " + end);
        }
    }

    @Test
    void shouldCutATailOfWhichSomeBlocksNeverReachedTheDisk() throws Exception {
        filled();
        byte[] bytes = Files.readAllBytes(path);
        Arrays.fill(bytes, bytes.length - 10, bytes.length - 3, (byte) 0);
        Files.write(path, bytes);
        assertEquals(RECORDS.subList(0, 2), found());
    }

    @Test
    void shouldNotTakeDamageInTheMiddleForATornTail() throws Exception {
        filled();
        byte[] whole = Files.readAllBytes(path);
        for (int at : new int[] {0, 5, 18, 20, 27, 30, 40}) {
            byte[] bytes = whole.clone();
            bytes[at] ^= 1;
            Files.write(path, bytes);
            assertThrows(IOException.class, this::found, "damaged at " + at);
        }
        Files.write(path, new byte[0]);
        assertThrows(IOException.class, this::found);
    }

    @Test
    void shouldWriteOverWhatAFullDiskLeft() throws Exception {
        RecordFile file = filled();
        Files.writeString(path, "0badbeef {\"half\":\"a record that is longer than the next",
                StandardOpenOption.APPEND);
        file.append("{\"n\":4}");
        assertEquals(4, found().size());
        assertEquals("{\"n\":4}", found().getLast());
    }

    @Test
    void shouldNotCountAsKeptWhatWentIntoAFileThatSomebodyShortened() throws Exception {
        RecordFile file = filled();
        Files.writeString(path, "");
        assertThrows(IOException.class, () -> file.append("{\"n\":4}"));
        file.rewrite(RECORDS);
        assertEquals(RECORDS, found());
    }

    @Test
    void shouldTakeOneLineOnly() throws Exception {
        RecordFile file = filled();
        assertThrows(IllegalArgumentException.class, () -> file.append("{\n}"));
        assertEquals(RECORDS, found());
    }
}
