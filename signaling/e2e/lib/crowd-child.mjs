// SPDX-License-Identifier: Apache-2.0
// A few watchers in a process of their own, asked by crowd.mjs.
import { TrackSource } from '@livekit/rtc-node';
import { dispose } from './native.mjs';
import { Watcher } from './watcher.mjs';

const watchers = [];

const calls = {
  /** One after the other: each is a whole client. */
  async join({ url, people }) {
    for (const { token, options } of people) {
      watchers.push(await Watcher.join(url, token, options));
    }
  },

  look({ identities }) {
    return watchers.map((watcher) => ({
      others: watcher.room.remoteParticipants.size,
      tracks: [...watcher.tracks.keys()],
      of: Object.fromEntries(identities.map((identity) => [identity, {
        camera: watcher.seen(identity),
        content: watcher.seen(identity, TrackSource.SOURCE_SCREENSHARE),
        faces: watcher.faces(identity),
      }])),
    }));
  },

  async leave() {
    await Promise.all(watchers.map((watcher) => watcher.leave()));
    await dispose();
  },
};

process.on('message', ({ number, call, given }) => {
  Promise.resolve().then(() => calls[call](given)).then(
    (answer) => process.send({ number, answer }), (error) => process.send({ number, problem: String(error?.stack ?? error) }));
});
process.on('disconnect', () => process.exit());
