import { describe, expect, it } from 'vitest'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import type { Files } from '../env.ts'
import { FilesAhead } from './files-ahead.ts'
import { readSources } from './sources.ts'

/** Files in memory, and the paths of which somebody read in the order they were read. */
function counted(contents: Readonly<Record<string, string>>): { readonly files: Files; readonly reads: string[] } {
  const { files } = fakeEnv({ files: contents }).env
  const reads: string[] = []
  const read = async (path: string) => {
    reads.push(path)
    return await files.read(path)
  }
  return { files: { ...files, read }, reads }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

describe('files that somebody looks at before their turn', () => {
  it('are read once, whoever comes first', async () => {
    const { files, reads } = counted({ a: 'A', b: 'B' })
    const { inTurn, early } = new FilesAhead(files)
    expect(text(await inTurn.read('a'))).toBe('A')
    expect([text(await early.read('a')), text(await early.read('b')), text(await early.read('b'))]).toEqual([
      '',
      'B',
      'B',
    ])
    expect(text(await inTurn.read('b'))).toBe('B')
    expect(reads).toEqual(['a', 'b'])
  })

  it('are not held once their turn has come, nor where they are too large together', async () => {
    const { files, reads } = counted({ a: 'AAA', b: 'BB', c: 'C' })
    const { inTurn, early } = new FilesAhead(files, 4)
    for (const path of ['a', 'b', 'c']) await early.read(path)
    const later: string[] = []
    for (const path of ['a', 'b', 'c', 'a']) later.push(text(await inTurn.read(path)))
    expect(later).toEqual(['AAA', 'BB', 'C', 'AAA'])
    expect(reads).toEqual(['a', 'b', 'c', 'b', 'a'])
  })

  it('that cannot be read say so in their turn too', async () => {
    const { files } = counted({})
    const { inTurn, early } = new FilesAhead(files)
    await expect(early.read('gone')).rejects.toThrow('ENOENT')
    await expect(inTurn.read('gone')).rejects.toThrow('ENOENT')
  })

  it('are read once where a job of a folder refers to a ConfigMap that stands nowhere', async () => {
    const volumes = [{ name: 'code', configMap: { name: 'code' } }]
    const plain = JSON.stringify(pytorchManifest())
    const referring = JSON.stringify(pytorchManifest({ worker: { pod: { volumes } } }))
    const { files, reads } = counted({ 'jobs/1.json': plain, 'jobs/2.json': referring, 'jobs/3.json': plain })
    const query = { paths: ['jobs'], recursive: false, positionals: [], allNamespaces: false, connection: {} }
    const labels: string[] = []
    for await (const source of readSources({ ...fakeEnv().env, files }, query)) {
      labels.push(source.label)
      if (source.is === 'job') await source.configMaps?.of(source.object)
    }
    expect(labels).toEqual(['jobs/1.json:1', 'jobs/2.json:1', 'jobs/3.json:1'])
    expect(reads).toEqual(['jobs/1.json', 'jobs/2.json', 'jobs/3.json'])
  })
})
