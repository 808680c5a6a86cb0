// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import java.util.function.BooleanSupplier;

/**
 * One thing that must work before the process is sent clients.
 *
 * @param name shown to operators
 * @param ready asked on a virtual thread for each request; an exception counts as no
 */
public record HealthCheck(String name, BooleanSupplier ready) {
    boolean passes() {
        try {
            return ready.getAsBoolean();
        } catch (RuntimeException e) {
            return false;
        }
    }
}
