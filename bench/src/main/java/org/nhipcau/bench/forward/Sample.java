// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench.forward;

import java.util.LinkedHashMap;
import java.util.Map;

/** Named numbers of one process at one moment, and what lies between two such moments. */
record Sample(Map<String, Double> values) {

    /** Reads {@code name=number} words. */
    static Sample parse(String line) {
        Map<String, Double> values = new LinkedHashMap<>();
        for (String word : line.strip().split(" ")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                values.put(word.substring(0, equals), Double.parseDouble(word.substring(equals + 1)));
            }
        }
        return new Sample(values);
    }

    /** A number that is not there counts as 0. */
    double get(String name) {
        return values.getOrDefault(name, 0.0);
    }

    Sample minus(Sample before) {
        Map<String, Double> difference = new LinkedHashMap<>();
        values.forEach((name, value) -> difference.put(name, value - before.get(name)));
        return new Sample(difference);
    }

    /** The sum of two. */
    Sample plus(Sample other) {
        Map<String, Double> sum = new LinkedHashMap<>(other.values);
        values.forEach((name, value) -> sum.merge(name, value, Double::sum));
        return new Sample(sum);
    }
}
