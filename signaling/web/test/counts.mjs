// SPDX-License-Identifier: Apache-2.0
// Vitest reporter: writes "passed failed skipped" to the file named by NHIPCAU_COUNTS, for the summary of `./nhipcau test`.
import { writeFileSync } from 'node:fs';

export default class Counts {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      let any = false;
      for (const test of module.children.allTests()) {
        any = true;
        counts[{ passed: 'passed', skipped: 'skipped' }[test.result().state] ?? 'failed'] += 1;
      }
      if (!any) {
        counts.failed += 1;
      }
    }
    if (process.env.NHIPCAU_COUNTS) {
      writeFileSync(process.env.NHIPCAU_COUNTS, `${counts.passed} ${counts.failed} ${counts.skipped}\n`);
    }
  }
}
