// SPDX-License-Identifier: Apache-2.0
// The one picture that is sent in the place of a camera's: flat grey of one level that everybody knows, so that it can be
// recognised and, later, proved by whoever decodes it. It is made of constants; nothing of the camera gets into it.

export const COVER_WIDTH = 320;
export const COVER_HEIGHT = 180;

/** Luma of the cover, in the narrow range that video uses; both chroma planes stand at 128, which is no colour. */
export const COVER_LUMA = 128;

/** The same grey for a canvas: (130 * 219 / 255) + 16 = 128. */
export const COVER_COLOUR = 'rgb(130, 130, 130)';

/** How often the same picture is sent anew: it shows that the camera lives, more it cannot show. */
export const COVER_INTERVAL_MS = 200;

const lumaBytes = COVER_WIDTH * COVER_HEIGHT;
const pixels = new Uint8Array(lumaBytes * 1.5).fill(128).fill(COVER_LUMA, 0, lumaBytes);

/** A frame of the cover with the time of a camera frame: the time is all that is taken over. */
export function greyFrame(timestamp: number): VideoFrame {
  return new VideoFrame(pixels, { format: 'I420', codedWidth: COVER_WIDTH, codedHeight: COVER_HEIGHT, timestamp });
}
