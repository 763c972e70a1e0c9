import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/kube/object.ts'
import { v1Pods } from '../../src/v1/pods.ts'
import { parsedJob } from '../unit/pytorch-manifest.ts'
import { cluster } from './harness.ts'
import { refusedPods } from './refused-pods.ts'

/** What a creation that is only tried is answered; empty where nothing is wrong with it. */
async function refusalOf(object: unknown): Promise<string> {
  const { code, stderr } = await cluster().kubectl(['create', '--dry-run=server', '--validate=ignore', '-f', '-'], {
    input: JSON.stringify(object),
  })
  return code === 0 ? '' : stderr
}

/** The last of the pods that v1’s operator would make of a job. */
function lastPod(object: KubeObject): object {
  const { name, labels, annotations, spec } = v1Pods(parsedJob(object)).at(-1) ?? {}
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels, annotations }, spec }
}

describe('jobs that v1’s API takes', () => {
  it.each(refusedPods)('and whose pods the API server refuses: $what', async ({ object, path, inPod }) => {
    expect(await refusalOf(object)).toBe('')
    const [, field = ''] = path.split('.template.')
    const [told = path] = /^(?:metadata\.labels|spec\.nodeSelector|spec\.\w+\[\d+\](?:\.\w+)?)/.exec(field) ?? []
    expect(await refusalOf(lastPod(object))).toContain(inPod ?? told)
  })
})
