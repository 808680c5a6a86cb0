// SPDX-License-Identifier: Apache-2.0

import { AudioPresets, type TrackPublishDefaults, VideoPreset } from 'livekit-client';

/**
 * What is sent, so that thin links can carry something of it. Sound is speech: half the bits that the library takes for
 * music, which on 150 kbit/s is the difference between a picture and none. The smallest picture is made for such links
 * too; Chromium gives each three temporal layers, so the server can thin it further.
 */
export const publishDefaults: TrackPublishDefaults = {
  simulcast: true,
  videoCodec: 'vp8',
  red: true,
  dtx: true,
  audioPreset: AudioPresets.speech,
  videoSimulcastLayers: [new VideoPreset(320, 180, 100_000, 15), new VideoPreset(640, 360, 450_000, 20)],
};
