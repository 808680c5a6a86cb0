// SPDX-License-Identifier: Apache-2.0
import { ConnectionQuality, type Participant, Track } from 'livekit-client';
import type { Cause } from './cause';
import { type Consultation, faceNote, mustCover, partOf, roleText, shutNote, shutText } from './consultation/state';
import type { Words } from './i18n';
import { pictureNote } from './picture';
import { Tile } from './tile';

/** What the wall asks of the call. */
export interface Scene {
  /** Those who may be seen here now, oneself first. */
  readonly everybody: readonly Participant[];
  /** The consultation that the room is; undefined: a plain room. */
  readonly consultation: Consultation | undefined;
  /** Whether the server takes a picture or sound from oneself. */
  readonly sends: boolean;
  /** What is done to one's own face before it is sent; undefined: nothing. */
  readonly ownFace: 'covered' | 'beside' | undefined;
  /** Why somebody's picture and sound are bad here. */
  causeOf(participant: Participant): Cause;
}

/** The pictures of all who are seen: a tile for each camera and each shared screen. */
export class Wall {
  readonly #tiles = new Map<string, Tile>();

  constructor(private readonly element: HTMLElement, private readonly words: Words) {}

  /** Draws all tiles anew; cheap enough to be called on every event. */
  draw(scene: Scene): void {
    const wanted = new Set<string>();
    for (const participant of scene.everybody) {
      if (scene.consultation && !hasTile(participant, scene)) {
        continue;
      }
      this.#draw(participant, Track.Source.Camera, wanted, scene);
      if (participant.getTrackPublication(Track.Source.ScreenShare)) {
        this.#draw(participant, Track.Source.ScreenShare, wanted, scene);
      }
    }
    for (const [key, tile] of this.#tiles) {
      if (!wanted.has(key)) {
        tile.dispose();
        this.#tiles.delete(key);
      }
    }
    this.element.dataset['count'] = String(this.#tiles.size);
  }

  /** Looks whether pictures still come; call about once a second. */
  check(visible: boolean): void {
    for (const tile of this.#tiles.values()) {
      tile.check(performance.now(), visible);
    }
  }

  clear(): void {
    for (const tile of this.#tiles.values()) {
      tile.dispose();
    }
    this.#tiles.clear();
  }

  #tile(participant: Participant, source: Track.Source): Tile {
    const key = `${participant.identity}/${source}`;
    let tile = this.#tiles.get(key);
    if (!tile) {
      tile = new Tile(this.words);
      tile.element.dataset['identity'] = participant.identity;
      this.#tiles.set(key, tile);
      // Shared screens first: they are what everybody came to look at.
      source === Track.Source.ScreenShare ? this.element.prepend(tile.element) : this.element.append(tile.element);
    }
    return tile;
  }

  #draw(participant: Participant, source: Track.Source, wanted: Set<string>, { consultation, ownFace, causeOf }: Scene): void {
    wanted.add(`${participant.identity}/${source}`);
    const tile = this.#tile(participant, source);
    const screen = source === Track.Source.ScreenShare;
    const video = participant.getTrackPublication(source);
    const on = !!video && !video.isMuted;
    const { attributes } = participant;
    const note = on ? faceNote(attributes, video.trackSid) : screen ? undefined : shutNote(attributes);
    const shut = note?.kind === 'shut' ? shutText(note.reason) : undefined;
    const part = consultation ? partOf(attributes) : undefined;
    const own = participant.isLocal && !screen && on ? ownFace : undefined;
    tile.show(on && !shut ? video.track : undefined, performance.now());
    tile.draw({
      name: part ? [this.words.say(roleText(part.role)), part.facility, participant.identity].filter(Boolean).join(' · ')
        : participant.name || participant.identity,
      local: participant.isLocal,
      screen,
      microphoneOn: participant.isMicrophoneEnabled,
      cameraOn: on,
      speaking: source === Track.Source.Camera && participant.isSpeaking,
      quality: participant.connectionQuality ?? ConnectionQuality.Unknown,
      cause: causeOf(participant),
      paused: video?.track?.streamState === Track.StreamState.Paused,
      note: on ? pictureNote(attributes, video.trackSid) : undefined,
      shut,
      face: own ?? (note && note.kind !== 'shut' ? note.kind : undefined),
      guarded: mustCover(consultation, part),
      main: !screen && consultation?.mainScreen === participant.identity,
    });
  }
}

/** Whoever only watches has no place on the wall: there may be many of them. */
function hasTile(participant: Participant, scene: Scene): boolean {
  if (participant.isLocal) {
    return scene.sends;
  }
  const { role, seat } = partOf(participant.attributes);
  const watches = role === 'trainee' || role === 'recorder' || role === 'it_technician';
  return seat !== 'lobby' && (!watches || participant.trackPublications.size > 0);
}
