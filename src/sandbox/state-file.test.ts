import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Pod } from '../kube/pod.ts'
import { Timeline } from './clock.ts'
import { clusterObjects, namespace } from './cluster-objects.ts'
import { makeSandbox, type Sandbox, type SandboxState } from './sandbox.ts'
import { readState, writeState } from './state-file.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kubectl-migrate-test-'))
  folders.push(folder)
  return folder
}

function world(start: string): { sandbox: Sandbox; timeline: Timeline } {
  const timeline = new Timeline(new Date(start))
  return { timeline, sandbox: makeSandbox({ clock: timeline, random: Math.random, speed: 1, address: '' }) }
}

function get<T>({ answer }: Sandbox, where: string): T {
  const request = { method: 'GET', accept: '', contentType: '', userAgent: '', body: new Uint8Array() }
  const found = answer({ ...request, url: new URL(where, 'https://x'), user: 'admin', groups: ['system:masters'] })
  if ('body' in found) return found.body as T
  if ('follow' in found) {
    let text = ''
    found.follow(
      (part) => {
        text += part
      },
      () => undefined,
    )()
    return text as T
  }
  return found.text as T
}

const one = '/api/v1/namespaces/nlp/pods/one'

/** A sandbox in which a pod has trained for some seconds, and what is kept of it. */
async function kept(folder: string): Promise<{ readonly state: SandboxState; readonly log: string }> {
  const { sandbox, timeline } = world('2026-03-01T12:00:00Z')
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'one', namespace: 'nlp' },
    spec: { containers: [{ name: 'main', image: 'train:1', resources: { limits: { 'nvidia.com/gpu': '8' } } }] },
  }
  for (const object of [...clusterObjects(), namespace('nlp'), pod]) sandbox.add(object, 'test')
  timeline.moveTo(new Date('2026-03-01T12:00:20Z'))
  await writeState(folder, sandbox.state())
  const state = await readState(folder)
  if (!state) throw new Error('no state was kept')
  return { state, log: get<string>(sandbox, `${one}/log`) }
}

describe('a sandbox that goes on from a kept state', () => {
  it('has the same objects, at the same versions, and its trainings have gone on', async () => {
    const { state, log } = await kept(await newFolder())
    const { sandbox, timeline } = world(state.time)
    sandbox.resume(state)
    expect(sandbox.state()).toEqual(state)
    expect(get(sandbox, `${one}/log`)).toBe(log)
    timeline.moveTo(new Date('2026-03-01T12:01:20Z'))
    expect(get<Pod>(sandbox, one).status?.phase).toBe('Running')
    const later = get<string>(sandbox, `${one}/log`)
    expect(later.startsWith(log)).toBe(true)
    expect(later.split('\n').length - log.split('\n').length).toBe(60)
  })

  it('counts versions on, and knows none of the watches from before', async () => {
    const { state } = await kept(await newFolder())
    const { sandbox } = world(state.time)
    sandbox.resume(state)
    const made = sandbox.add({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'nlp' } }, 'test')
    expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(state.version)
    const watch = (version: number): string =>
      get(sandbox, `/api/v1/namespaces/nlp/configmaps?watch=true&resourceVersion=${version}`)
    expect(watch(state.version - 1)).toContain('"code":410')
    expect(watch(state.version)).toContain('"type":"ADDED"')
  })

  it('gives no GPU away that a pod still has', async () => {
    const { state } = await kept(await newFolder())
    const { sandbox, timeline } = world(state.time)
    sandbox.resume(state)
    const node = get<Pod>(sandbox, one).spec['nodeName']
    const { metadata: _, status: __, spec } = get<Pod>(sandbox, one)
    const next = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'two', namespace: 'nlp' },
      spec: { containers: spec.containers },
    }
    sandbox.add(next, 'test')
    timeline.moveTo(new Date('2026-03-01T12:01:20Z'))
    expect(get<Pod>(sandbox, one.replace(/one$/, 'two')).spec['nodeName']).not.toBe(node)
  })
})

describe('the file of a state', () => {
  it('is the one before or the new one, whole, and nothing lies beside it', async () => {
    const folder = path.join(await newFolder(), 'made')
    await kept(folder)
    const before = await readFile(path.join(folder, 'sandbox.json'), 'utf8')
    await expect(
      writeState(folder, {
        toJSON: () => {
          throw new Error('half')
        },
      } as never),
    ).rejects.toThrow('half')
    expect(await readFile(path.join(folder, 'sandbox.json'), 'utf8')).toBe(before)
    await kept(folder)
    expect(await readdir(folder)).toEqual(['sandbox.json'])
  })

  it('is not there at first', async () => {
    expect(await readState(await newFolder())).toBeUndefined()
  })

  it.each([
    ['cut off', '{"form":1,"state":{', /is no state of a sandbox: /],
    ['something else', '{"a":1}', /is no state of a sandbox$/],
    ['null', 'null', /is no state of a sandbox$/],
    [
      'newer',
      '{"form":2,"state":{"objects":[]}}',
      /was written by a newer kubectl-migrate \(form 2; this one reads 1\)$/,
    ],
  ])('is refused where it is %s, and left as it is', async (_, text, words) => {
    const folder = await newFolder()
    const file = path.join(folder, 'sandbox.json')
    await writeFile(file, text)
    await expect(readState(folder)).rejects.toThrow(words)
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})
