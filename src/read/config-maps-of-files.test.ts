import { describe, expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { ConfigMapsOfFiles, InputAhead } from './config-maps-of-files.ts'

const job = (...names: string[]) =>
  pytorchManifest({ worker: { pod: { volumes: names.map((name) => ({ name, configMap: { name } })) } } })
const map = (name: string, text: string, apiVersion = 'v1') =>
  JSON.stringify({ apiVersion, kind: 'ConfigMap', metadata: { name }, data: { text } })

describe('the ConfigMaps of files', () => {
  it('that are still to come are looked for once, when a job refers to one that is not there', async () => {
    let looks = 0
    const shelf = new ConfigMapsOfFiles(async (see) => {
      looks++
      see(map('late', 'b'), 'b.json')
      see(map('early', 'of a file that was seen already'), 'a.json')
    })
    shelf.see(map('early', 'a'), 'a.json')
    expect([await shelf.of(job()), await shelf.of(job('early'))]).toEqual([
      new Map(),
      new Map([['early', { data: { text: 'a' } }]]),
    ])
    expect(looks).toBe(0)
    expect([...(await shelf.of(job('late', 'gone', 'early'))).keys()]).toEqual(['late', 'early'])
    expect(await shelf.of(job('gone'))).toEqual(new Map())
    expect(looks).toBe(1)
  })

  it.each<[string, string | Uint8Array, readonly string[]]>([
    ['of another API', map('code', 'a', 'example.com/v1'), []],
    ['beside a document that cannot be read', `a: [\n---\n${map('code', 'a')}`, ['code']],
    ['in UTF-16', Buffer.from(`\ufeff${map('code', 'a')}`, 'utf16le'), ['code']],
    ['in bytes', new TextEncoder().encode(map('code', 'a')), ['code']],
    ['that has no data', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"code"}}', ['code']],
  ])('%s', async (_, content, names) => {
    const shelf = new ConfigMapsOfFiles(() => Promise.resolve())
    shelf.see(content, 'a')
    expect([...(await shelf.of(job('code'))).keys()]).toEqual(names)
  })
})

describe('standard input', () => {
  const bytes = new TextEncoder().encode('x')
  const input = (answer: () => Promise<Uint8Array>) =>
    new InputAhead({ isTTY: false, bytes: answer, answer: async () => '' })

  it('is read once, whoever comes first', async () => {
    let reads = 0
    const read = async () => (reads++ === 0 ? bytes : new Uint8Array())
    const looked = input(read)
    expect([await looked.early.bytes(), await looked.early.bytes(), await looked.inTurn.bytes()]).toEqual([
      bytes,
      bytes,
      bytes,
    ])
    expect(await looked.early.bytes()).toEqual(new Uint8Array())
    reads = 0
    const taken = input(read)
    expect([await taken.inTurn.bytes(), await taken.early.bytes()]).toEqual([bytes, new Uint8Array()])
  })

  it('that cannot be read says so in its turn', async () => {
    const broken = input(() => Promise.reject(new Error('broken')))
    expect(await broken.early.bytes()).toEqual(new Uint8Array())
    await expect(broken.inTurn.bytes()).rejects.toThrow('broken')
  })
})
