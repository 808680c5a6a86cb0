// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nhipcau.signaling.live.held.RecordFile;
import org.nhipcau.signaling.room.Latches.Mark;

/** Who waits for a release is known after a restart. */
class LatchBookTest {
    private static final String ROOM = "C_Something11";
    private static final String SOMEBODY = "P_Somebody1111";

    @TempDir
    Path directory;
    private Path path;
    private LatchBook book;

    @BeforeEach
    void open() throws Exception {
        path = directory.resolve("latches");
        book = LatchBook.open(path);
    }

    private Map<String, Mark> afterARestart() throws IOException {
        return LatchBook.open(path).of(ROOM);
    }

    @Test
    void shouldRememberUntilTheRelease() throws Exception {
        assertEquals(Map.of(), book.of(ROOM));
        book.put(ROOM, SOMEBODY, new Mark(1, false));
        book.put(ROOM, SOMEBODY, new Mark(2, true));
        book.put("C_Other111111", SOMEBODY, new Mark(3, false));
        book.write();
        assertEquals(Map.of(SOMEBODY, new Mark(2, true)), afterARestart());
        book.put(ROOM, SOMEBODY, null);
        book.write();
        assertEquals(Map.of(), afterARestart());
        assertEquals(List.of("C_Other111111"), LatchBook.open(path).consultations());
        book.forget("C_Other111111");
        book.write();
        assertEquals(List.of(), LatchBook.open(path).consultations());
        assertTrue(Files.size(path) < 20, "what is released leaves nothing");
    }

    @Test
    void shouldNotGrowWithWhatIsReleased() throws Exception {
        book.put("C_Other111111", SOMEBODY, new Mark(3, false));
        for (int i = 0; i < 500; i++) {
            book.put(ROOM, SOMEBODY, new Mark(1, true));
            book.write();
            book.put(ROOM, SOMEBODY, null);
            book.write();
        }
        assertTrue(Files.size(path) < 80_000, Files.size(path) + " bytes");
        assertEquals(List.of("C_Other111111"), LatchBook.open(path).consultations());
    }

    @Test
    void shouldWriteLaterWhatTheDiskDoesNotTake() throws Exception {
        Path blocked = directory.resolve("gone").resolve("latches");
        LatchBook full = LatchBook.open(blocked);
        full.put(ROOM, SOMEBODY, new Mark(1, true));
        full.write();
        assertFalse(full.sound());
        assertEquals(Map.of(SOMEBODY, new Mark(1, true)), full.of(ROOM));
        Files.createDirectory(blocked.getParent());
        full.write();
        assertTrue(full.sound());
        assertEquals(full.of(ROOM), LatchBook.open(blocked).of(ROOM));
    }

    @Test
    void shouldNotStartWhenItCannotBeKnownWhoIsShut() throws Exception {
        Files.writeString(path, "{");
        assertThrows(IOException.class, () -> LatchBook.open(path));
        Files.delete(path);
        RecordFile.open(path).append("{}");
        assertThrows(IOException.class, () -> LatchBook.open(path));
    }
}
