// SPDX-License-Identifier: Apache-2.0
// What tests of outages share: a network that can be taken away from one client, and the time until media comes again.
import { SignalProxy } from './proxy.mjs';
import { MediaRelay } from './relay.mjs';
import { until } from './wait.mjs';

/** ConnectionQuality.QUALITY_LOST of the native client. */
export const LOST = 3;

/** A network of its own for one client: a relay for its media, a proxy for its WebSocket. The server has one worker. */
export async function network(server) {
  const relay = await MediaRelay.start(server.mediaPort, { delayMs: 25 });
  const proxy = await SignalProxy.start(server.port, { media: { from: server.mediaPort, to: relay.port } });
  return { relay, proxy, url: proxy.url, close: async () => { await proxy.close(); await relay.close(); } };
}

export function report(t, what, figures) {
  t.diagnostic(`${what}: ${Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`).join(', ')}`);
}

/** Waits until sound and picture of somebody come again, and tells after how many ms each did. */
export async function comesBack(person, identity, atMs) {
  const [sound, picture] = await Promise.all([person.audio(identity), person.video(identity)]);
  const audio = until('sound comes again', async () => {
    const now = await person.audio(identity);
    return now && (!sound || now.packets > sound.packets + 2 || now.packets < sound.packets) && performance.now();
  }, 90_000, 10);
  const video = until('pictures come again', async () => {
    const now = await person.video(identity);
    return now && (!picture || now.frames > picture.frames + 1 || now.frames < picture.frames) && performance.now();
  }, 90_000, 10);
  const layer = until('the layer is restored', async () => {
    const now = await person.video(identity);
    return now && (!picture || now.width >= picture.width) && now.frames !== picture?.frames && performance.now();
  }, 90_000, 50);
  const times = await Promise.all([audio, video, layer]);
  return { audioMs: times[0] - atMs, videoMs: times[1] - atMs, layerMs: times[2] - atMs };
}
