// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.bench;

import java.util.List;

/** One measurement of the bench command: what it shows, how it is called, and how it is carried out. */
public interface Bench {

    /** The word after {@code ./nhipcau bench}. */
    String name();

    /** What its figures show, in one line without a full stop. */
    String shows();

    /** How long it takes with the defaults, for example {@code 40 s}. */
    String takes();

    /** The options it knows; the frame adds those that all benches have. */
    List<BenchOption> options();

    /** What an option's line cannot say; shown at the end of its help. May be empty. */
    default String remarks() {
        return "";
    }

    /**
     * What stands for words that are no options, for example {@code [PATTERN]}, for a bench that takes such words and
     * reads them by itself; none of its words is checked then. Empty: there are no such words.
     */
    default String words() {
        return "";
    }

    /** Arguments for a run of some seconds that shows that it works, for the smoke run; null: it has none. */
    default List<String> smoke() {
        return List.of();
    }

    /** Why its smoke run cannot be made on this machine; empty: it can. */
    default String smokeImpossible() {
        return "";
    }

    /** Whether its figures make a report; false where it writes its results by itself or measures nothing. */
    default boolean reports() {
        return true;
    }

    /**
     * Measures.
     *
     * @param report takes the figures; printed and written by the frame afterwards, also when a check has failed
     * @return the exit code, 0 if all went well; the frame turns 0 into 1 when a check of the report has failed
     */
    int run(BenchOptions options, Report report) throws Exception;
}
