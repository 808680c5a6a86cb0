// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.resource;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.nhipcau.signaling.rest.route.Cursor;
import org.nhipcau.signaling.store.Page;

/** Cuts lists into pages. Thread: any; no state. */
final class Pages {
    static final int MAX_LIMIT = 200;
    static final int DEFAULT_LIMIT = 50;
    static final String NEXT = "Give it as cursor, with the same query, for what follows; absent at the end.";
    static final String CURSOR = "The nextCursor of the page before.";
    static final String LIMIT = "Most elements of a page. Absent: 50.";

    private Pages() {}

    static int limit(Integer asked) {
        return asked == null ? DEFAULT_LIMIT : asked;
    }

    /** The cursor to what follows a page of the store; null at the end. */
    static String next(String query, Page<?> page) {
        return page.next().isEmpty() ? null : Cursor.of(query, page.next());
    }

    /**
     * Makes a page.
     *
     * @param query what was asked, without cursor and limit
     * @param rows one more than the limit when there are more
     * @param position of a row
     * @param page of the rows to show and the cursor, null at the end
     */
    static <T, P> P page(String query, List<T> rows, int limit, Function<T, String> position,
            BiFunction<List<T>, String, P> page) {
        boolean more = rows.size() > limit;
        List<T> shown = more ? rows.subList(0, limit) : rows;
        return page.apply(shown, more ? Cursor.of(query, position.apply(shown.getLast())) : null);
    }
}
