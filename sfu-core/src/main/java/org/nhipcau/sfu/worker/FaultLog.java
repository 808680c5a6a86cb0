// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.worker;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs each distinct fault once with its stack, then only powers of two of its count, so that a packet that hits a bug
 * a thousand times a second does not flood the log. Thread: the worker's.
 */
final class FaultLog {
    private static final Logger LOG = LoggerFactory.getLogger(FaultLog.class);
    private static final int MAX_DISTINCT = 256;

    private final Map<String, Long> counts = new HashMap<>();

    /** Only type and place are logged: a message may hold bytes of a packet. */
    void log(RuntimeException fault) {
        StackTraceElement[] stack = fault.getStackTrace();
        String key = fault.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]);
        if (counts.size() >= MAX_DISTINCT && !counts.containsKey(key)) {
            return;
        }
        long count = counts.merge(key, 1L, Long::sum);
        if (Long.bitCount(count) == 1) {
            StringBuilder trace = new StringBuilder();
            for (int i = 0; i < Math.min(stack.length, 12); i++) {
                trace.append("\n    at ").append(stack[i]);
            }
            LOG.error("fault on the packet thread (seen {} times): {}{}", count,
                    fault.getClass().getName(), count == 1 ? trace : "");
        }
    }
}
