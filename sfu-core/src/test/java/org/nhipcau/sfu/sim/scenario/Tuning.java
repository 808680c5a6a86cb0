// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.sim.scenario;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.nhipcau.sfu.bwe.EstimatorSettings;

/** Changes constants of the estimator by name, for a search; in the server they are what they are. */
public final class Tuning {
    private Tuning() {}

    /** The names of all constants that can be changed. */
    public static List<String> names() {
        return Arrays.stream(EstimatorSettings.class.getRecordComponents()).map(RecordComponent::getName).toList();
    }

    /** The settings with one value changed. @throws IllegalArgumentException when there is no such constant */
    public static EstimatorSettings with(EstimatorSettings settings, String name, double value) {
        RecordComponent[] components = EstimatorSettings.class.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        boolean found = false;
        try {
            for (int i = 0; i < components.length; i++) {
                types[i] = components[i].getType();
                boolean meant = components[i].getName().equals(name);
                values[i] = meant ? value : components[i].getAccessor().invoke(settings);
                found |= meant;
            }
            if (!found) {
                throw new IllegalArgumentException("there is no constant " + name);
            }
            return EstimatorSettings.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException failure) {
            throw new IllegalArgumentException(name + " cannot be " + value, failure);
        }
    }
}
