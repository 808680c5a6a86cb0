// SPDX-License-Identifier: Apache-2.0

/**
 * Enters a plain room by the page, in a browser context of its own, as somebody does who types a name.
 *
 * @param script run in the page before all else
 * @param microphone whether it is taken, as is the camera, where the page offers to
 */
export async function enter(browser, server, name, room, { script, microphone = true, camera = true } = {}) {
  const context = await browser.chromium.newContext({ viewport: { width: 800, height: 600 }, permissions: ['camera', 'microphone'] });
  const page = await context.newPage();
  if (script) {
    await page.addInitScript(script);
  }
  await page.goto(server.httpUrl);
  await page.fill('#name', name);
  await page.fill('#room', room);
  if (!microphone) {
    await page.uncheck('#withMicrophone');
  }
  if (!camera) {
    await page.uncheck('#withCamera');
  }
  await page.press('#room', 'Enter');
  await page.waitForSelector('#call:not([hidden])', { timeout: 45_000 });
  return page;
}
