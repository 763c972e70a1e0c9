import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { readSavedRun } from './run-logs.ts'

const options = { patterns: [], signal: new AbortController().signal }

describe('a saved run', () => {
  it('is read from all files of a folder, leading pods first, then by number', async () => {
    const { env } = fakeEnv({
      files: { 'a/w-10.log': '', 'a/w-2.log': '', 'a/b/master-0.log': '', 'a/b/c/d/e/deep': '' },
    })
    const run = await readSavedRun(env.files, 'a/', 'v1', options)
    expect(run?.logs.map(({ name }) => name)).toEqual(['a/b/master-0.log', 'a/w-2.log', 'a/w-10.log'])
  })

  it('is nothing where there is no file', async () => {
    expect(await readSavedRun(fakeEnv().env.files, 'none', 'v1', options)).toBeUndefined()
  })

  it('is not read from a compressed file', async () => {
    const { env } = fakeEnv({ files: { 'a.gz': '' } })
    const files = {
      ...env.files,
      async *chunks() {
        yield Uint8Array.from([0x1f, 0x8b, 8])
      },
    }
    await expect(readSavedRun(files, 'a.gz', 'v1', options)).rejects.toMatchObject({
      data: { what: 'a.gz is compressed', next: ['gunzip a.gz'], exit: 2 },
    })
  })

  it('is not read on after Ctrl-C', async () => {
    const { env } = fakeEnv({ files: { 'a.log': 'loss=1' } })
    const aborted = { patterns: [], signal: AbortSignal.abort() }
    await expect(readSavedRun(env.files, 'a.log', 'v1', aborted)).rejects.toMatchObject({
      failure: { kind: 'aborted' },
    })
  })
})
