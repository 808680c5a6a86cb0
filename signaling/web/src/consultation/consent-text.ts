// SPDX-License-Identifier: Apache-2.0
// The text to which a patient consents. What is recorded is its name and version, so a published version is never
// changed: a test holds its fingerprint. Another wording gets another version, beside this one.

import type { Language } from '../i18n';

/** A text with a name that stays. */
export interface ConsentText {
  readonly id: string;
  readonly version: string;
  readonly paragraphs: Readonly<Record<Language, readonly string[]>>;
}

export const consentText: ConsentText = {
  id: 'nhipcau-hoi-chan-tu-xa',
  version: '1',
  paragraphs: {
    vi: [
      'Buổi hội chẩn này diễn ra qua mạng giữa các cơ sở y tế. Hình ảnh và tiếng nói của người bệnh được truyền đến những người có tên trong danh sách do lãnh đạo cơ sở phê duyệt.',
      'Khuôn mặt người bệnh được che trước khi hình rời khỏi máy này. Chỉ chủ tọa hoặc người điều khiển mới có thể bỏ che, chỉ khi cần cho việc chữa bệnh, và việc đó được ghi lại. Học viên không bao giờ thấy mặt người bệnh.',
      'Buổi hội chẩn không được phát trực tiếp. Chỉ hệ thống riêng của bệnh viện mới có thể ghi hình, khi được lãnh đạo cho phép; khi đó mọi người trong phòng đều thấy dấu hiệu.',
      'Họ tên người bệnh không được nêu cho các nơi khác. Thời gian, thành phần tham gia và sự đồng ý này được lưu trong hồ sơ hội chẩn.',
      'Người bệnh hoặc người đại diện có thể rút lại đồng ý bất cứ lúc nào. Khi đó hình và tiếng của người bệnh ngừng ngay, việc chữa bệnh vẫn tiếp tục theo cách khác.',
    ],
    en: [
      'This consultation takes place over a network between medical facilities. The patient’s picture and voice are sent to those on the list that the facility’s leader has approved.',
      'The patient’s face is covered before the picture leaves this device. Only the chair or the controller can end that, only where the treatment needs it, and it is recorded. Trainees never see the patient’s face.',
      'The consultation is not broadcast. Only the hospital’s own system can record it, where its leader allows; everybody in the room then sees a mark.',
      'The patient’s name is not told to other sites. Times, participants and this consent are kept in the record of the consultation.',
      'The patient or whoever stands for the patient can withdraw consent at any time. Picture and sound of the patient then stop at once, and the treatment goes on in another way.',
    ],
  },
};
