// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.admin;

import java.util.function.BooleanSupplier;

/**
 * One thing that must work before the process is sent clients, or of which operators are warned.
 *
 * @param name shown to operators
 * @param vital false: a no is shown as a warning, and clients are sent all the same
 * @param ready asked on a virtual thread for each request; an exception counts as no
 */
public record HealthCheck(String name, boolean vital, BooleanSupplier ready) {
    /** One that must work. */
    public HealthCheck(String name, BooleanSupplier ready) {
        this(name, true, ready);
    }

    boolean passes() {
        try {
            return ready.getAsBoolean();
        } catch (RuntimeException e) {
            return false;
        }
    }
}
