// SPDX-License-Identifier: Apache-2.0
// What a person reads of the figures of a connection, in both languages. Vietnamese comes first.

/** On every page that shows figures. */
export const figureTexts = {
  vi: {
    linkUplink: 'Gửi đi',
    linkDownlink: 'Nhận về',
    figureCause: 'Nguyên nhân',
    figureAudioLoss: 'Mất gói âm thanh',
    figureAudioUnrepaired: 'Âm thanh mất sau khi bù',
    figureVideoLoss: 'Mất gói hình',
    figureFreeze: 'Hình đứng (ước tính)',
    figureJitter: 'Độ rung trễ (jitter)',
    figureRoundTrip: 'Thời gian khứ hồi',
    figureAudioRate: 'Tốc độ âm thanh',
    figureVideoRate: 'Tốc độ hình',
    figureAudioScore: 'Chỉ số âm thanh (1 đến 4,5)',
    causeNone: 'Không có gì bất thường',
  },
  en: {
    linkUplink: 'Sent',
    linkDownlink: 'Received',
    figureCause: 'Cause',
    figureAudioLoss: 'Sound packets lost',
    figureAudioUnrepaired: 'Sound lost after repair',
    figureVideoLoss: 'Picture packets lost',
    figureFreeze: 'Picture standing still (estimate)',
    figureJitter: 'Jitter',
    figureRoundTrip: 'Round trip',
    figureAudioRate: 'Sound bit rate',
    figureVideoRate: 'Picture bit rate',
    figureAudioScore: 'Sound index (1 to 4.5)',
    causeNone: 'Nothing to be felt',
  },
} as const;

/** In a call, of the own connection. */
export const linkTexts = {
  vi: {
    ...figureTexts.vi,
    linkTitle: 'Đường truyền của bạn',
    linkShort: 'Đường truyền',
    linkClose: 'Đóng',
    linkHelp: 'Máy chủ đo và báo vài giây một lần; người khác trong phòng không thấy các số này.',
    linkNone: 'Chưa có số liệu.',
  },
  en: {
    ...figureTexts.en,
    linkTitle: 'Your connection',
    linkShort: 'Connection',
    linkClose: 'Close',
    linkHelp: 'Measured by the server and told every few seconds; others in the room do not see these figures.',
    linkNone: 'No figures yet.',
  },
} as const;
