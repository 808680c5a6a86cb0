// SPDX-License-Identifier: Apache-2.0

/** What the viewer's link leaves of a picture, where it does not leave all of it. */
export type PictureNote = 'few' | 'still' | 'off';

/** Reads what the server notes of a track, among the attributes of whoever sends it; undefined: nothing is held back. */
export function pictureNote(attributes: Readonly<Record<string, string>>, trackSid: string): PictureNote | undefined {
  const note = attributes[`nhipcau.picture.${trackSid}`];
  return note === 'few' || note === 'still' || note === 'off' ? note : undefined;
}
