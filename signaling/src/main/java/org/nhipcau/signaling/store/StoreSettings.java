// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.store;

import java.nio.file.Path;

/**
 * Where the store is.
 *
 * @param url empty: SQLite in the directory; else {@code jdbc:sqlite:PATH} or {@code jdbc:postgresql:…}
 * @param directory for the head of the audit record, the name of this process, and SQLite's files
 * @param headFile of the audit record's head; null: in the directory
 */
public record StoreSettings(String url, Path directory, Path headFile, KeepTimes keep) {
    public StoreSettings {
        headFile = headFile == null ? directory.resolve("audit-head") : headFile;
    }

    /** SQLite in a directory, and times as by default. */
    public static StoreSettings in(Path directory) {
        return new StoreSettings("", directory, null, KeepTimes.DEFAULT);
    }

    @Override
    public String toString() {
        // The URL may hold a password.
        return "StoreSettings[" + directory + "]";
    }
}
