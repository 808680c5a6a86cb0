// SPDX-License-Identifier: Apache-2.0
// What every file of consultation tests has: a server, a browser, the hospital's own system, and an end for whatever was
// begun, also by a test that failed half-way.
import { after, afterEach, before } from 'node:test';
import { Browser } from './browser.mjs';
import { Hospital } from './hospital.mjs';
import { dispose } from './native.mjs';
import { Server } from './server.mjs';

/** To be called in a `describe`: what it returns is there when the first test begins. */
export function openWard() {
  const ward = {
    server: undefined,
    browser: undefined,
    hospital: undefined,
    /** What ends with the test: functions, the last one first. */
    ends: [],
  };
  before(async () => {
    ward.server = await Server.start();
    ward.browser = await Browser.start();
    ward.hospital = new Hospital(ward.server);
  });
  afterEach(async () => {
    for (const end of ward.ends.splice(0).reverse()) {
      await end();
    }
    await ward.browser?.clear();
  });
  after(async () => {
    await ward.browser?.close();
    await ward.server?.stop();
    await dispose();
  });
  return ward;
}
