// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes files that only their owner may read, from the first moment on. Thread: any. */
public final class PrivateFile {
    private PrivateFile() {}

    /**
     * Makes an empty file that must not be there.
     *
     * @throws IOException also when it is there
     */
    public static void create(Path path) throws IOException {
        Files.createFile(path, posix(path) ? new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0]);
    }

    /** Whether the file system knows whose a file is and who else may read it. */
    public static boolean posix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
