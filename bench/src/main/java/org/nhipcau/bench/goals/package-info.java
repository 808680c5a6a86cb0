// SPDX-License-Identifier: Apache-2.0
/**
 * The goal table of rural calls, and one page of what simulation and real browsers reached of it: the rows that
 * {@code goal-table.json} holds ({@link org.nhipcau.bench.goals.GoalTable}), filled in from reports of
 * {@code bench simulate} and {@code bench rural} ({@link org.nhipcau.bench.goals.Reached}) by
 * {@link org.nhipcau.bench.goals.GoalsBench}.
 *
 * <p>Thread: one.
 */
package org.nhipcau.bench.goals;
