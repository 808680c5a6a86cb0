// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.sfu.route;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TransportNumbersTest {
    @Test
    void shouldFindTheLastPacketsOfEachStreamAcrossTheWrap() {
        TransportNumbers numbers = new TransportNumbers(4);
        long number = 0;
        for (int i = 0; i < 70_000; i++) {
            for (int ssrc = 1; ssrc <= 3; ssrc++) {
                int sequence = i * ssrc + 65_000 & 0xffff;
                numbers.onSent(ssrc, sequence, number);
                assertEquals(number, numbers.find(ssrc, sequence));
                if (i > 100) {
                    int earlier = (i - 100) * ssrc + 65_000 & 0xffff;
                    assertEquals(number - 300, numbers.find(ssrc, earlier), "packet " + i + " of " + ssrc);
                }
                number++;
            }
        }
    }

    @Test
    void shouldKnowNothingOfWhatWasNotSent() {
        TransportNumbers numbers = new TransportNumbers(2);
        assertEquals(-1, numbers.find(1, 0));
        numbers.onSent(1, 0, 0);
        assertEquals(0, numbers.find(1, 0));
        assertEquals(-1, numbers.find(1, 32));
        assertEquals(-1, numbers.find(2, 0));
        numbers.onSent(2, 5, 1);
        numbers.onSent(3, 5, 2);
        assertEquals(-1, numbers.find(3, 5), "more streams than there may be");
        numbers.forget(1);
        assertEquals(-1, numbers.find(1, 0));
        numbers.onSent(3, 6, 3);
        assertEquals(3, numbers.find(3, 6));
    }
}
