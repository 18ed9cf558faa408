import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Builds a commit in a worktree of its own, with the packages of its own lock file, which takes minutes; the
 * worktree is removed afterwards, and the build kept for the next time.
 *
 * @param root the repository
 * @param reference what git takes for a commit: `HEAD~3`, a tag, a hash
 * @param builds where builds are kept, by commit
 * @returns the path of its `dist`
 * @throws Error where there is no such commit, or it cannot be built
 */
export async function buildOfCommit(root, reference, builds) {
  const git = (...args) => run('git', args, root);
  const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${reference}^{commit}`).trim();
  const kept = path.join(builds, commit);
  if (existsSync(kept)) {
    return kept;
  }
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'deep-aspects-commit-')), 'tree');
  try {
    git('worktree', 'add', '--detach', folder, commit);
    run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], folder);
    run('npm', ['run', '--silent', 'build'], folder);
    await mkdir(builds, { recursive: true });
    // By another name first: half a build must not be taken for a whole one.
    const part = `${kept}.part`;
    rmSync(part, { recursive: true, force: true });
    cpSync(path.join(folder, 'dist'), part, { recursive: true });
    renameSync(part, kept);
  } finally {
    rmSync(path.dirname(folder), { recursive: true, force: true });
    git('worktree', 'prune');
  }
  return kept;
}

function run(program, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    const reason = (error?.message ?? (stderr || stdout)).trim().split('\n').slice(-5).join('\n');
    throw new Error(`${program} ${args.join(' ')}: ${reason || 'failed'}`);
  }
  return stdout;
}
