// SPDX-License-Identifier: Apache-2.0
// A reporter for node --test: one word per test, suites and files not counted.

export default async function* counts(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') {
      continue;
    }
    if (data.details?.type === 'suite') {
      // A suite whose hook failed has no failed test of its own.
      if (type === 'test:fail' && data.details.error?.failureType === 'hookFailed') {
        yield '"failed"\n';
      }
      continue;
    }
    if (data.skip !== undefined && data.skip !== false) {
      yield '"skipped"\n';
    } else {
      yield type === 'test:pass' ? '"passed"\n' : '"failed"\n';
    }
  }
}
