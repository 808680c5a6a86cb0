// SPDX-License-Identifier: Apache-2.0
import { Track } from 'livekit-client';
import type { Call } from './call';
import { byId } from './dom';
import type { Key, Words } from './i18n';
import { icon } from './icons';

/** The row of buttons under the pictures: says what each does now, and leaves out what is not allowed or only fails. */
export class Controls {
  /** @param running the call that the buttons act on; undefined: none */
  constructor(private readonly words: Words, private readonly running: () => Call | undefined) {
    this.#onClick('microphone', (call) => call.setMicrophone(!call.me.isMicrophoneEnabled));
    this.#onClick('camera', (call) => call.setCamera(!call.cameraOn));
    this.#onClick('turn', (call) => call.nextCamera());
    this.#onClick('screen', (call) => call.setScreen(!call.me.isScreenShareEnabled));
    this.#onClick('leave', (call) => call.leave());
    this.#onClick('hear', (call) => call.room.startAudio());
  }

  draw(call: Call, deskOpen: boolean): void {
    const { me, room, consultation } = call;
    this.#control('microphone', 'microphone', me.isMicrophoneEnabled, 'microphoneOff', 'microphoneOn');
    this.#control('camera', 'camera', call.cameraOn, 'cameraOff', 'cameraOn');
    this.#control('turn', 'turn', undefined, 'nextCamera', 'nextCamera');
    this.#control('screen', 'screen', me.isScreenShareEnabled, 'screenOff', 'screenOn');
    this.#control('deskOpen', 'desk', undefined, deskOpen ? 'deskClose' : 'desk', deskOpen ? 'deskClose' : 'desk');
    this.#control('leave', 'leave', undefined, 'leave', 'leave');
    byId('hear').hidden = room.canPlaybackAudio;
    byId('rejoin').hidden = !call.reconnecting;
    // No button for what is not allowed here, and none for what only fails: phones cannot share a screen.
    byId('microphone').hidden = !call.maySend(Track.Source.Microphone);
    byId('camera').hidden = !call.maySend(Track.Source.Camera);
    byId('turn').hidden = !consultation || !call.cameraOn || !call.maySend(Track.Source.Camera);
    byId('screen').hidden = !('getDisplayMedia' in (navigator.mediaDevices ?? {})) || call.covering || !call.maySend(Track.Source.ScreenShare);
  }

  #control(id: string, drawing: Parameters<typeof icon>[0], on: boolean | undefined, whenOn: Key, whenOff: Key): void {
    const button = byId<HTMLButtonElement>(id);
    const text = document.createElement('span');
    text.textContent = this.words.say(on ? whenOn : whenOff);
    button.replaceChildren(icon(drawing, on === false && id !== 'screen'), text);
    button.classList.toggle('off', on === false && id !== 'screen');
    if (on !== undefined) {
      // The text names the action; an aria-pressed beside it would say the opposite.
      button.dataset['on'] = String(on);
    }
  }

  #onClick(id: string, action: (call: Call) => Promise<unknown>): void {
    const button = byId<HTMLButtonElement>(id);
    button.addEventListener('click', () => {
      const call = this.running();
      if (!call || button.disabled) {
        return;
      }
      button.disabled = true;
      void action(call).finally(() => {
        button.disabled = false;
        if (!byId('call').hidden) {
          button.focus();
        }
      });
    });
  }
}
