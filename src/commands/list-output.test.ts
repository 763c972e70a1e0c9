import { describe, expect, it } from 'vitest'
import { FakeCluster } from '../../test/unit/fake-cluster.ts'
import { type FakeEnvOptions, fakeEnv } from '../../test/unit/fake-env.ts'
import { heldV1, now, runningV1 } from '../../test/unit/objects.ts'
import { readJobs } from '../read/jobs.ts'
import { printed } from './list-output.ts'
import { pairView } from './pair-view.ts'

const namespaces = [
  [runningV1('bert', { namespace: 'a' })],
  [runningV1('a-longer-name', { namespace: 'vision' }), heldV1('gpt', { namespace: 'vision' })],
]

/** Two parts of a list, one after the other. */
async function shown(options: FakeEnvOptions, header = true) {
  const { env, stdout, stderr } = fakeEnv({ now: () => now, ...options })
  const sink = printed(env, { output: 'table', header, namespace: undefined })
  const parts = await Promise.all(namespaces.map((objects) => readJobs(new FakeCluster({ objects }), {})))
  const views = parts.map(({ pairs }) => pairs.map((pair) => pairView(pair)))
  const [first = [], second = []] = views
  sink.early?.([])
  sink.early?.(first)
  if (parts[1]) sink.all(second, parts[1])
  return { out: stdout().split('\n').slice(0, -1), err: stderr() }
}

describe('a list whose rows are shown as they come', () => {
  it('has its header once, and columns that only grow', async () => {
    expect(await shown({})).toEqual({
      out: [
        'NAMESPACE   NAME   KIND         V1        V1-READY   V2   V2-READY   CLASS   MIGRATION    AGE',
        'a           bert   PyTorchJob   Running   3/3        -    -          -       NotStarted   60m',
        'vision      a-longer-name   PyTorchJob   Running     3/3        -    -          -       NotStarted   60m',
        'vision      gpt             PyTorchJob   Suspended   0/3        -    -          -       NotStarted   60m',
      ],
      err: '',
    })
  })

  it('has its headers again on a terminal where a column has to grow', async () => {
    const { out, err } = await shown({ tty: true, columns: 75 })
    expect(out).toEqual([
      'NAMESPACE   NAME   V1        V1-READY   V2   V2-READY   CLASS   MIGRATION',
      'a           bert   Running   3/3        -    -          -       NotStarted',
      'NAMESPACE   NAME            V1          V2   V2-READY   CLASS   MIGRATION',
      'vision      a-longer-name   Running     -    -          -       NotStarted',
      'vision      gpt             Suspended   -    -          -       NotStarted',
    ])
    expect(err).toBe('note: 75 columns are too few for KIND, AGE, V1-READY; -o wide or -o json shows them\n')
  })

  it('leaves the same columns out on a narrow terminal, and says so once', async () => {
    const { out, err } = await shown({ tty: true, columns: 60 }, false)
    expect(out).toEqual([
      'a   bert   Running   3/3   -   -   -   NotStarted',
      'vision   a-longer-name   Running     3/3   -   -   -   NotStarted',
      'vision   gpt             Suspended   0/3   -   -   -   NotStarted',
    ])
    expect(err).toBe('note: 60 columns are too few for KIND, AGE; -o wide or -o json shows them\n')
  })
})
