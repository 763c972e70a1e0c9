import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeObject } from '../../src/kube/object.ts'
import { v1Kinds } from '../../src/v1/kinds.ts'
import type { TestCluster } from './harness.ts'

const kinds = [
  ...v1Kinds.map(({ kind }) => `${kind.toLowerCase()}s`),
  ...['trainjobs', 'jobsets', 'jobs', 'pods', 'events'],
].join(',')

const talkers = ['training-operator', 'trainer', 'jobset', 'kube-controller-manager', 'kube-scheduler', 'kwok']

type Found = KubeObject & { readonly involvedObject?: { readonly name: string } }

/**
 * What is in a namespace whose test waited in vain, a line for each object: its status, or what a controller said of it; then the last lines
 * in which controllers of a plane in `folder` named the namespace. A failure can be understood from its message.
 * @param jobs only what is of these jobs
 */
export async function whatIsThere(
  { kubectl, folder }: Pick<TestCluster, 'kubectl' | 'folder'>,
  namespace: string,
  jobs?: readonly string[],
): Promise<string[]> {
  const { stdout, stderr } = await kubectl(['get', kinds, '-o', 'json'], { namespace })
  const objects = stdout === '' ? [] : (JSON.parse(stdout) as { items: Found[] }).items
  const mine = objects.filter(
    ({ metadata, involvedObject }) =>
      jobs === undefined || jobs.some((job) => `${involvedObject?.name ?? metadata.name}-`.startsWith(`${job}-`)),
  )
  const told = folder === undefined ? [] : await Promise.all(talkers.map((name) => lastWords(folder, name, namespace)))
  return [...stderr.split('\n').slice(0, 3), ...mine.slice(0, 60).map(lineOf), ...told.flat()]
    .filter((line) => line !== '')
    .map((line) => `  ${line.length > 700 ? `${line.slice(0, 700)}…` : line}`)
}

function lineOf({ kind, metadata, status, spec, reason, message, note, involvedObject }: Found): string {
  if (involvedObject) return `${kind} of ${involvedObject.name}: ${reason}: ${message ?? note}`
  const { suspend, runPolicy } = (spec ?? {}) as { suspend?: boolean; runPolicy?: { suspend?: boolean } }
  const { deletionTimestamp, finalizers } = metadata
  const going = deletionTimestamp && { deletionTimestamp, finalizers }
  return `${kind} ${metadata.name} ${JSON.stringify({ suspend: suspend ?? runPolicy?.suspend, ...going, status })}`
}

/** The last lines of a process' log that have a text. */
async function lastWords(folder: string, name: string, text: string): Promise<string[]> {
  const log = await open(join(folder, 'logs', `${name}.log`)).catch(() => undefined)
  if (!log) return []
  try {
    const { size } = await log.stat()
    const length = Math.min(size, 4_000_000)
    const { buffer } = await log.read(Buffer.alloc(length), 0, length, size - length)
    const lines = buffer.toString().split('\n')
    return lines
      .filter((line) => line.includes(text))
      .slice(-3)
      .map((line) => `${name}: ${line}`)
  } finally {
    await log.close()
  }
}
