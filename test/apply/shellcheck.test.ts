import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { SCRIPT } from './sandbox';

const installed = spawnSync('shellcheck', ['--version']).status === 0;

(installed ? test : test.skip)('shellcheck finds nothing (skipped where it is not installed)', () => {
  const found = spawnSync('shellcheck', [SCRIPT, join(__dirname, 'stand-in.sh')], { encoding: 'utf8' });
  expect(found.stdout + found.stderr).toBe('');
});
