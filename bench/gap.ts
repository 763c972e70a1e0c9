import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Pod } from '../src/kube/pod.ts'
import { messageOf } from '../test/cluster/api.ts'
import { trainJob, v1Job } from '../test/cluster/jobs.ts'
import { waitFor } from '../test/cluster/wait-for.ts'
import { durationText, pairwise, ratioText, spreadOf, type Verdict } from './figures.ts'
import { createNamespace, deleteNamespaces, type Plane } from './plane.ts'
import { builtPrograms } from './programs.ts'

/** Between the last pod of v1 that is gone and the first of v2 that is made, ours may take so many times as long. */
const bound = 1.2

const namespace = 'kubectl-migrate-bench-gap'
const pods = 3
const run = promisify(execFile)

const v1Label = 'training.kubeflow.org/job-name'

/** When the last pod of v1 went and the first of v2 came, as a watch tells of them, in milliseconds. */
interface HandOver {
  readonly v1: Set<string>
  readonly v2: Set<string>
  lastGone: number
  firstMade: number
}

/**
 * The time in which nothing runs: `cutover`, beside what somebody does by hand who has a suspended TrainJob ready and watches the pods:
 * `kubectl patch`, `kubectl wait --for=delete`, `kubectl patch`.
 */
export async function benchGap(plane: Plane, pairs: number, say: (line: string) => void): Promise<Verdict[]> {
  const { api, environment, kubectl } = plane
  await createNamespace(api, namespace)
  const seen: HandOver = { v1: new Set(), v2: new Set(), lastGone: 0, firstMade: 0 }
  const stop = await api.stream(`/api/v1/namespaces/${namespace}/pods?watch=1`, (line) => note(seen, line))
  const command = async (file: string, ...words: readonly string[]) =>
    run(file, words, { env: { ...process.env, ...environment } })
  const byKubectl = (...words: readonly string[]) => command(kubectl, '-n', namespace, ...words)
  const suspend = (kind: string, patch: object) =>
    byKubectl('patch', kind, 'bert', '--type=merge', '-p', JSON.stringify({ spec: patch }))
  const [node = '', ...bundle] = builtPrograms().bundle.words
  const ours = (...words: readonly string[]) => command(node, ...bundle, ...words, '-n', namespace, '--yes')
  const running = () => waitFor('v1 runs', async () => seen.v1.size === pods && seen.v2.size === 0 && (await ready()))
  const ready = async () => {
    const list = await api.request('GET', `/api/v1/namespaces/${namespace}/pods`)
    return (list.body as { items: Pod[] }).items.every(({ status }) => status?.phase === 'Running')
  }

  const byHand = async (): Promise<number> => {
    const made = await api.request('POST', `/apis/trainer.kubeflow.org/v1alpha1/namespaces/${namespace}/trainjobs`, {
      ...trainJob('bert', { nodes: pods, suspend: true }),
    })
    if (made.status >= 300) throw new Error(`TrainJob bert: ${messageOf(made)}`)
    await waitFor('its JobSet is there', async () => {
      return (await api.request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs/bert-node-0`)).status === 200
    })
    await suspend('pytorchjob', { runPolicy: { suspend: true } })
    await byKubectl('wait', '--for=delete', 'pod', '-l', `${v1Label}=bert`, '--timeout=60s')
    await suspend('trainjob', { suspend: false })
    const gap = await gapOf(seen)
    await byKubectl('delete', 'trainjob', 'bert')
    await waitFor('v2 is gone', async () => seen.v2.size === 0)
    await suspend('pytorchjob', { runPolicy: { suspend: false } })
    await running()
    return gap
  }
  const byUs = async (): Promise<number> => {
    await ours('cutover', 'job', 'bert', '--observe', '0')
    const gap = await gapOf(seen)
    await ours('rollback', 'job', 'bert')
    await running()
    return gap
  }

  try {
    say(`hand-over of a job of ${pods} pods: ${pairs} pairs, cutover and kubectl in turn`)
    await api.request('POST', `/apis/kubeflow.org/v1/namespaces/${namespace}/pytorchjobs`, v1Job('bert'))
    await running()
    const gaps: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] }
    for (let pair = 0; pair <= pairs; pair++) {
      const [first, second] = [await byUs(), await byHand()]
      // the first pair is not counted: it warms caches of files and of discovery
      if (pair === 0) continue
      gaps.ours.push(first)
      gaps.theirs.push(second)
    }
    const ratio = pairwise(gaps.ours, gaps.theirs)
    say(
      `  cutover ${durationText(spreadOf(gaps.ours))}   kubectl patch, wait, patch ${durationText(spreadOf(gaps.theirs))}   ratio ${ratioText(ratio)}`,
    )
    return [{ name: 'hand-over gap: cutover beside two patches by kubectl', unit: '', value: ratio.median, bound }]
  } finally {
    stop()
    if (!plane.isOwn) await deleteNamespaces(api, [namespace])
  }
}

function note(seen: HandOver, line: string): void {
  const { type, object } = JSON.parse(line) as { type: string; object: Pod }
  const { labels = {}, name = '' } = object.metadata
  const side = v1Label in labels ? seen.v1 : seen.v2
  if (type === 'ADDED') {
    if (side === seen.v2 && side.size === 0) seen.firstMade = performance.now()
    side.add(name)
  }
  if (type === 'DELETED') {
    side.delete(name)
    if (side === seen.v1 && side.size === 0) seen.lastGone = performance.now()
  }
}

/** Seconds in which no pod was there, once those of v2 are. */
async function gapOf(seen: HandOver): Promise<number> {
  await waitFor('pods of v2 are there', async () => seen.v2.size === pods)
  return (seen.firstMade - seen.lastGone) / 1000
}
