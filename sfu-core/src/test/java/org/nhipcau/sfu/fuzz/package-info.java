// SPDX-License-Identifier: Apache-2.0
/**
 * Tools of fuzz and mutation tests: seeded changes to valid samples, and the count of allocated bytes.
 *
 * <p>Thread: the test's.
 */
package org.nhipcau.sfu.fuzz;
