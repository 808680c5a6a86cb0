// SPDX-License-Identifier: Apache-2.0
// Every word a person reads on the page, in both languages. Vietnamese comes first.

import { consultationTexts } from './consultation/texts';
import { linkTexts } from './quality/texts';

const vi = {
  ...consultationTexts.vi,
  ...linkTexts.vi,
  languageSwitch: 'English',
  languageSwitchLabel: 'Đổi sang tiếng Anh',
  joinTitle: 'Vào phòng hội chẩn',
  name: 'Tên hiển thị',
  room: 'Phòng',
  startWith: 'Vào phòng với',
  microphone: 'Micrô',
  camera: 'Camera',
  haveToken: 'Tôi có mã truy cập',
  token: 'Mã truy cập',
  tokenHelp: 'Dán mã do cơ sở y tế cấp. Mã chỉ được gửi đến máy chủ này.',
  pseudonym: 'Không dùng họ tên bệnh nhân làm tên hiển thị hoặc tên phòng.',
  join: 'Vào phòng',
  joining: 'Đang kết nối…',
  participants: 'Người tham gia',
  controls: 'Điều khiển cuộc gọi',
  hear: 'Bật âm thanh',
  microphoneOn: 'Bật micrô',
  microphoneOff: 'Tắt micrô',
  cameraOn: 'Bật camera',
  cameraOff: 'Tắt camera',
  screenOn: 'Chia sẻ màn hình',
  screenOff: 'Ngừng chia sẻ',
  leave: 'Rời phòng',
  you: 'bạn',
  screenOf: 'Màn hình của {name}',
  mutedMark: 'Micrô đang tắt',
  speakingMark: 'Đang nói',
  qualityUnknown: 'Đường truyền: chưa rõ',
  qualityLost: 'Đường truyền: mất kết nối',
  qualityPoor: 'Đường truyền: yếu',
  qualityGood: 'Đường truyền: khá',
  qualityExcellent: 'Đường truyền: tốt',
  causeUplink: 'Đường truyền nơi gửi yếu',
  causeOwnUplink: 'Đường truyền lên của bạn yếu',
  causeDownlink: 'Đường truyền về máy của bạn yếu',
  causeCamera: 'Camera nơi gửi đã dừng',
  causeOwnCamera: 'Camera của bạn đã dừng',
  causeServer: 'Máy chủ đang quá tải',
  cameraIsOff: 'Camera đang tắt',
  cameraWaiting: 'Đang chờ hình…',
  cameraFrozen: 'Hình bị đứng: không nhận được hình mới',
  cameraSilent: 'Camera không gửi hình',
  pausedByLink: 'Tạm dừng hình vì đường truyền yếu',
  stillPicture: 'Ảnh tĩnh vì mạng yếu',
  fewFrames: 'Hình chậm vì mạng yếu',
  otherReconnecting: 'Đang kết nối lại…',
  reconnecting: 'Mất kết nối, đang kết nối lại…',
  reconnected: 'Đã kết nối lại',
  someoneJoined: '{name} đã vào phòng',
  someoneLeft: '{name} đã rời phòng',
  needName: 'Hãy nhập tên hiển thị.',
  needRoom: 'Hãy nhập tên phòng.',
  needToken: 'Máy chủ này cần mã truy cập. Hãy dán mã vào ô bên dưới.',
  badToken: 'Mã truy cập không đúng hoặc đã hết hạn.',
  unreachable: 'Không kết nối được với máy chủ. Hãy kiểm tra mạng rồi thử lại.',
  busy: 'Máy chủ đang quá tải hoặc phòng đã đủ người, chưa nhận thêm người vào. Hãy thử lại sau vài phút.',
  insecure: 'Trình duyệt chỉ cho dùng camera và micrô qua HTTPS hoặc trên chính máy này.',
  microphoneRefused: 'Không dùng được micrô. Hãy cho phép trang dùng micrô.',
  cameraRefused: 'Không dùng được camera. Hãy cho phép trang dùng camera.',
  screenRefused: 'Không chia sẻ được màn hình.',
  endedElsewhere: 'Bạn đã vào phòng này từ nơi khác.',
  endedRemoved: 'Bạn đã được mời ra khỏi phòng.',
  endedRoom: 'Phòng đã đóng.',
  endedLost: 'Cuộc gọi bị ngắt. Bấm Vào phòng để vào lại.',
};

/** Names of the texts. */
export type Key = keyof typeof vi;

const en: Record<Key, string> = {
  ...consultationTexts.en,
  ...linkTexts.en,
  languageSwitch: 'Tiếng Việt',
  languageSwitchLabel: 'Switch to Vietnamese',
  joinTitle: 'Join a consultation room',
  name: 'Display name',
  room: 'Room',
  startWith: 'Join with',
  microphone: 'Microphone',
  camera: 'Camera',
  haveToken: 'I have an access token',
  token: 'Access token',
  tokenHelp: 'Paste the token your facility gave you. It is sent to this server only.',
  pseudonym: 'Do not use a patient’s name as display name or room name.',
  join: 'Join',
  joining: 'Connecting…',
  participants: 'Participants',
  controls: 'Call controls',
  hear: 'Turn sound on',
  microphoneOn: 'Unmute',
  microphoneOff: 'Mute',
  cameraOn: 'Camera on',
  cameraOff: 'Camera off',
  screenOn: 'Share screen',
  screenOff: 'Stop sharing',
  leave: 'Leave',
  you: 'you',
  screenOf: 'Screen of {name}',
  mutedMark: 'Microphone is off',
  speakingMark: 'Speaking',
  qualityUnknown: 'Link: not known yet',
  qualityLost: 'Link: lost',
  qualityPoor: 'Link: poor',
  qualityGood: 'Link: good',
  qualityExcellent: 'Link: excellent',
  causeUplink: 'The sender’s link is weak',
  causeOwnUplink: 'Your uplink is weak',
  causeDownlink: 'Your downlink is weak',
  causeCamera: 'The sender’s camera has stopped',
  causeOwnCamera: 'Your camera has stopped',
  causeServer: 'The server is overloaded',
  cameraIsOff: 'Camera is off',
  cameraWaiting: 'Waiting for the picture…',
  cameraFrozen: 'Picture frozen: no new picture arrives',
  cameraSilent: 'The camera sends no picture',
  pausedByLink: 'Picture paused: the link is too weak',
  stillPicture: 'Still picture: weak link',
  fewFrames: 'Slow picture: weak link',
  otherReconnecting: 'Reconnecting…',
  reconnecting: 'Connection lost, reconnecting…',
  reconnected: 'Connected again',
  someoneJoined: '{name} joined',
  someoneLeft: '{name} left',
  needName: 'Enter a display name.',
  needRoom: 'Enter a room.',
  needToken: 'This server asks for an access token. Paste it below.',
  badToken: 'The access token is wrong or has expired.',
  unreachable: 'The server cannot be reached. Check the network and try again.',
  busy: 'The server is busy or the room is full, and takes nobody more for now. Try again in a few minutes.',
  insecure: 'The browser allows camera and microphone only over HTTPS or on this very machine.',
  microphoneRefused: 'The microphone cannot be used. Allow this page to use it.',
  cameraRefused: 'The camera cannot be used. Allow this page to use it.',
  screenRefused: 'The screen cannot be shared.',
  endedElsewhere: 'You joined this room from somewhere else.',
  endedRemoved: 'You were removed from the room.',
  endedRoom: 'The room was closed.',
  endedLost: 'The call was cut. Press Join to return.',
};

/** The texts of both languages; the tests compare them. */
export const texts = { vi, en } as const;

/** A language of the page. */
export type Language = keyof typeof texts;

/** Says texts in the chosen language and fills marked elements of the document with them. */
export class Vocabulary<K extends string> {
  #language: Language;

  constructor(language: Language, private readonly all: Readonly<Record<Language, Readonly<Record<K, string>>>>) {
    this.#language = language;
  }

  get language(): Language {
    return this.#language;
  }

  /** The text of a key; `{name}` and the like are replaced by the values given. */
  say(key: K, values: Readonly<Record<string, string>> = {}): string {
    return this.all[this.#language][key].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  }

  switchLanguage(): void {
    this.#language = this.#language === 'vi' ? 'en' : 'vi';
  }

  /** Fills `data-i18n` (text) and `data-i18n-label` (accessible name) elements under the root. */
  fill(root: Document): void {
    root.documentElement.lang = this.#language;
    for (const element of root.querySelectorAll<HTMLElement>('[data-i18n]')) {
      element.textContent = this.say(element.dataset['i18n'] as K);
    }
    for (const element of root.querySelectorAll<HTMLElement>('[data-i18n-label]')) {
      element.setAttribute('aria-label', this.say(element.dataset['i18nLabel'] as K));
    }
  }
}

/** The words of the page of calls. */
export class Words extends Vocabulary<Key> {
  constructor(language: Language) {
    super(language, texts);
  }
}
