import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { repository } from '../../cluster/folders.ts'

const usage = `usage: scripts/cluster up|down|env|status

  up      build it if need be (once: 5 to 11 minutes on two cores), start it, leave it running
  down    stop it and forget everything in it
  env     print what a shell needs to use it:  eval "$(scripts/cluster env)"
  status  say what runs
`

const withoutGo = `the test control plane is built with Go (1.26 or newer), and there is no \`go\` on PATH; install it from https://go.dev/dl/
`

it.each([
  ['nothing', [], 2, usage],
  ['an unknown word', ['restart'], 2, usage],
  ['status', ['status'], 1, 'not running\n'],
  ['env', ['env'], 1, 'no control plane is running: start it with scripts/cluster up\n'],
  ['down', ['down'], 0, 'nothing was running\n'],
  ['up', ['up'], 3, withoutGo],
])('scripts/cluster with %s, on a machine without Go that has built nothing', (_, args, code, words) => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'cluster-'))
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }))
  symlinkSync('/usr/bin/dirname', join(elsewhere, 'dirname'))
  const { status, stdout, stderr } = spawnSync(join(repository, 'scripts', 'cluster'), args, {
    cwd: elsewhere,
    encoding: 'utf8',
    env: { PATH: elsewhere, HOME: elsewhere },
  })
  expect({ code: status, stdout, stderr }).toEqual({ code, stdout: '', stderr: words })
})
