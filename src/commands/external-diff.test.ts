import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { kindManifest } from '../../test/unit/kind-manifest.ts'
import { runVerb } from '../../test/unit/run-verb.ts'
import { runTool } from '../cli/tool.ts'

const manifest = JSON.stringify(
  kindManifest('PyTorchJob', { Worker: { replicas: 2, container: { env: [{ name: 'API_TOKEN', value: 'hush' }] } } }),
)

/** A diff with a program that ends so, and what it was called with. */
async function withTool(variable: string, end: number, ...more: string[]) {
  const calls: { words: readonly string[]; folders: Record<string, Record<string, string>> }[] = []
  const outcome = await runVerb(['diff', '-f', 'job.json', ...more], {
    files: { 'job.json': manifest },
    variables: { KUBECTL_EXTERNAL_DIFF: variable },
    tool: async (words, folders) => {
      calls.push({ words, folders: structuredClone(folders) as never })
      return end
    },
  })
  return { ...outcome, calls }
}

describe('KUBECTL_EXTERNAL_DIFF', () => {
  it('gets two folders with a file a pod, in which only differences differ and secrets are masked', async () => {
    const { code, out, calls } = await withTool('colordiff -N -u --label=a;rm', 0)
    expect(calls.map(({ words }) => words)).toEqual([['colordiff', '-N', '-u']])
    const { v1 = {}, v2 = {} } = calls[0]?.folders ?? {}
    expect(Object.keys(v1)).toEqual(['nlp.train.worker-0.yaml', 'nlp.train.worker-1.yaml'])
    expect(v1).toEqual(v2)
    expect(v1['nlp.train.worker-0.yaml']).toContain('containers[main].env.API_TOKEN: "***"\n')
    expect([code, out]).toEqual([0, []])
  })

  it('is asked for one aspect alone', async () => {
    const { calls } = await withTool('meld', 1, '--resources')
    expect(calls[0]?.folders['v1']).toEqual({ 'nlp.train.worker-0.yaml': '{}\n', 'nlp.train.worker-1.yaml': '{}\n' })
  })

  it('is not used where data is asked for', async () => {
    const { calls, out } = await withTool('meld', 1, '-o', 'markdown')
    expect([calls, out[0]]).toEqual([[], '### nlp/train'])
  })

  it('is named where it fails, or is not there', async () => {
    const { code, err } = await withTool('meld -x', 2)
    expect([code, err]).toEqual([
      2,
      [
        'error: KUBECTL_EXTERNAL_DIFF is meld -x, which ended with exit code 2',
        '       unset KUBECTL_EXTERNAL_DIFF',
        '       -o unified writes a diff of our own',
      ],
    ])
    const absent = await runVerb(['diff', '-f', 'job.json'], {
      files: { 'job.json': manifest },
      variables: { KUBECTL_EXTERNAL_DIFF: 'none' },
    })
    expect([absent.code, absent.err[0]]).toEqual([
      2,
      'error: KUBECTL_EXTERNAL_DIFF is none, which cannot be started (ENOENT)',
    ])
  })

  it.skipIf(process.platform === 'win32')('runs on folders that are gone afterwards', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tool-'))
    try {
      const program = path.join(folder, 'tool')
      writeFileSync(
        program,
        '#!/bin/sh\n[ "$1" = -u ] && [ "$(cat "$2/a" "$3/a")" = onetwo ] || exit 9\necho "$2" > "$0.seen"\nexit 1\n',
      )
      chmodSync(program, 0o755)
      expect(await runTool([program, '-u'], { v1: { a: 'one' }, v2: { a: 'two' } })).toBe(1)
      const { readFileSync, existsSync } = await import('node:fs')
      expect(existsSync(readFileSync(`${program}.seen`, 'utf8').trim())).toBe(false)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
