// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

/**
 * Describes a bug for the log by class and place alone: an exception's message may quote what a client sent.
 */
final class Faults {
    private static final int FRAMES = 8;

    private Faults() {}

    static String describe(Throwable bug) {
        StringBuilder text = new StringBuilder(bug.getClass().getName());
        StackTraceElement[] frames = bug.getStackTrace();
        for (int i = 0; i < Math.min(FRAMES, frames.length); i++) {
            text.append(i == 0 ? " at " : " < ").append(frames[i].getClassName()).append('.')
                    .append(frames[i].getMethodName()).append(':').append(frames[i].getLineNumber());
        }
        return text.toString();
    }
}
