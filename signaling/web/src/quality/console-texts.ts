// SPDX-License-Identifier: Apache-2.0
// What operators read on the page of call quality, in both languages. Vietnamese comes first.

import { figureTexts } from './texts';

const vi = {
  ...figureTexts.vi,
  languageSwitch: 'English',
  languageSwitchLabel: 'Đổi sang tiếng Anh',
  title: 'Chất lượng cuộc gọi',
  token: 'Mã truy cập quản trị phòng',
  tokenHelp: 'Mã phải có quyền roomAdmin cho đúng một phòng. Mã chỉ được gửi đến máy chủ này và không được lưu lại. Nếu mã đến trong liên kết (sau dấu #), phần đó không được gửi đi khi mở trang và bị xóa khỏi thanh địa chỉ ngay.',
  show: 'Xem',
  change: 'Đổi mã',
  session: 'Phòng {room} · phiên {session} · lúc {time}',
  waiting: 'Phòng {room}: đang chờ số liệu…',
  table: 'Số liệu của từng người tham gia và từng hướng',
  participant: 'Người tham gia',
  direction: 'Hướng',
  nobody: 'Trong phòng chưa có ai, hoặc chưa có số liệu.',
  timeline: 'Diễn biến của phiên gần nhất',
  timelineCsv: 'Tải về CSV',
  timelineJson: 'Tải về JSON',
  seenUplink: 'Đường truyền lên yếu',
  seenDownlink: 'Đường truyền xuống yếu',
  seenSource: 'Nơi gửi đến người này có đường truyền yếu',
  seenCamera: 'Camera đã dừng',
  seenSourceCamera: 'Camera của nơi gửi đến người này đã dừng',
  seenServer: 'Máy chủ quá tải',
  needToken: 'Hãy dán mã truy cập.',
  noRoom: 'Đây không phải là mã truy cập của một phòng.',
  refusedToken: 'Mã truy cập không đúng hoặc đã hết hạn.',
  refusedRight: 'Mã này không có quyền roomAdmin cho phòng. Hãy xin mã quản trị của phòng.',
  noSuchRoom: 'Phòng hiện không mở. Trang sẽ tự hiện số liệu khi có người vào.',
  noTimeline: 'Máy chủ không còn giữ diễn biến nào của phòng này.',
  unwell: 'Máy chủ đang gặp sự cố (mã {status}). Trang sẽ thử lại.',
  unreachable: 'Không kết nối được với máy chủ. Số liệu đang hiện là cũ; trang sẽ thử lại.',
};

/** Names of the texts. */
export type ConsoleKey = keyof typeof vi;

const en: Record<ConsoleKey, string> = {
  ...figureTexts.en,
  languageSwitch: 'Tiếng Việt',
  languageSwitchLabel: 'Switch to Vietnamese',
  title: 'Call quality',
  token: 'Access token of the room’s administrator',
  tokenHelp: 'It must carry roomAdmin for one room. It is sent to this server only, and not kept. One that comes in a link (after #) is not sent with the address, and wiped from it at once.',
  show: 'Show',
  change: 'Another token',
  session: 'Room {room} · session {session} · at {time}',
  waiting: 'Room {room}: waiting for figures…',
  table: 'Figures of each participant and direction',
  participant: 'Participant',
  direction: 'Direction',
  nobody: 'Nobody is in the room, or there are no figures yet.',
  timeline: 'Timeline of the latest session',
  timelineCsv: 'Download CSV',
  timelineJson: 'Download JSON',
  seenUplink: 'Its uplink is weak',
  seenDownlink: 'Its downlink is weak',
  seenSource: 'A sender to this one has a weak link',
  seenCamera: 'Its camera has stopped',
  seenSourceCamera: 'The camera of a sender to this one has stopped',
  seenServer: 'The server is overloaded',
  needToken: 'Paste the access token.',
  noRoom: 'This is no access token of a room.',
  refusedToken: 'The access token is wrong or has expired.',
  refusedRight: 'This token does not carry roomAdmin for the room. Ask for a token of the room’s administrator.',
  noSuchRoom: 'The room is not open now. Figures appear here when somebody comes in.',
  noTimeline: 'The server keeps no timeline of this room any more.',
  unwell: 'Something is wrong with the server (status {status}). The page tries again.',
  unreachable: 'The server cannot be reached. Figures that are shown are old; the page tries again.',
};

export const consoleTexts = { vi, en } as const;
