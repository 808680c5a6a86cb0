// SPDX-License-Identifier: Apache-2.0
/**
 * Where threads meet: the few small pieces through which anything crosses from one thread to another without a lock.
 *
 * <p>A {@link org.nhipcau.sfu.seam.Mailbox} carries items of many threads to one. Its reader learns of them in one of
 * three ways: a loop that also does other things is called once more (a {@link org.nhipcau.sfu.seam.WakeUpFlag} keeps
 * that to one call at a time), or is kicked out of its wait in the kernel ({@link org.nhipcau.sfu.seam.WaitFlag}), or a
 * thread of its own sleeps until it is woken ({@link org.nhipcau.sfu.seam.Sleeper}). Each piece has its jcstress test in
 * the bench module, run by {@code ./nhipcau bench jcstress}: an item that nobody is woken for is a call that hangs.
 *
 * <p>Thread: said of each method. Floor 1.
 *
 * <p>Reading order: Mailbox, WakeUpFlag, WaitFlag, Sleeper.
 */
package org.nhipcau.sfu.seam;
