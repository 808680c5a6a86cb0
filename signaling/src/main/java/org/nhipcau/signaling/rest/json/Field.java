// SPDX-License-Identifier: Apache-2.0
package org.nhipcau.signaling.rest.json;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes a component of a body's record: what it means and what it allows. Each component must carry one. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Field {
    /** What it means, for the reader of the published document. */
    String value();

    /** May be absent; the component is then null (an empty list for lists). */
    boolean optional() default false;

    /** A regular expression the whole text must match; empty: any text. */
    String pattern() default "";

    /** Shortest text, in characters. */
    int minLength() default 1;

    /** Longest text, in characters. */
    int maxLength() default 256;

    /** Least number. */
    long min() default 0;

    /** Greatest number. */
    long max() default Long.MAX_VALUE;

    /** Most elements of a list. */
    int maxItems() default 100;
}
