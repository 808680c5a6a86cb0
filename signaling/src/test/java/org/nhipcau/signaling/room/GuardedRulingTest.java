// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.nhipcau.signaling.policy.Source;
import org.nhipcau.signaling.policy.View;

class GuardedRulingTest {
    private int faults;
    private final RoomMetrics metrics = new RoomMetrics() {
        @Override
        public void fault() {
            faults++;
        }
    };

    private static <T> T proxy(Class<T> type, Supplier<?> answer) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (self, method, arguments) -> answer.get()));
    }

    private GuardedRuling read(Supplier<?> ruling) {
        return GuardedRuling.of(proxy(RoomGovernor.class, ruling), metrics);
    }

    @Test
    void shouldShutWhateverCannotBeRead() {
        Ruling broken = proxy(Ruling.class, () -> {
            throw new IllegalStateException("a bug");
        });
        GuardedRuling ruling = read(() -> broken);
        assertFalse(ruling.isShut());
        assertNull(ruling.standing("P_a"));
        assertFalse(ruling.knows("P_a", "P_b"));
        assertEquals(View.NONE, ruling.view("P_a", "P_b", Source.CAMERA));
        assertEquals(Ruling.SHUT.gate("P_a", Source.CAMERA), ruling.gate("P_a", Source.CAMERA));
        assertEquals("", ruling.metadata());
        assertEquals("", ruling.metadata("P_a", ""));
        assertNull(ruling.mainScreen());
        assertFalse(ruling.over(), "what must be shut first is not left as it is");
        assertEquals(8, faults, "each is counted");
    }

    @Test
    void shouldShutARoomWithoutRules() {
        assertTrue(read(() -> null).isShut());
        assertTrue(read(() -> {
            throw new IllegalStateException("a bug");
        }).isShut());
        assertEquals(2, faults);
    }
}
