import { describe, expect, it } from 'vitest'
import { usual } from '../../test/unit/conversions.ts'
import { FakeCluster, type FakeClusterOptions } from '../../test/unit/fake-cluster.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { type Outcome, runVerb } from '../../test/unit/run-verb.ts'
import { convertJob } from '../convert/convert.ts'
import type { KubeObject } from '../kube/object.ts'
import { printYaml } from '../kube/print-yaml.ts'

const bert = pytorchManifest({ name: 'bert', metadata: { namespace: 'nlp', uid: '1' } })
const ours: KubeObject = convertJob(bert, usual).runtime
const name = ours.metadata.name ?? ''

function run(words: string, objects: readonly KubeObject[], more: FakeClusterOptions = {}): Promise<Outcome> {
  const cluster = new FakeCluster({ objects, namespace: 'nlp', ...more })
  return runVerb(['runtimes', ...words.split(' ')], { cluster })
}

const exported = printYaml(ours).trimEnd().split('\n')

describe('runtimes export', () => {
  it('prints the runtime that a v1 job needs and nobody has made', async () => {
    expect(await run(`export ${name}`, [bert])).toEqual({ code: 0, out: exported, err: [] })
  })

  it('prints the one of the cluster without what the server wrote', async () => {
    expect(await run(`export ${name}`, [ours])).toEqual({ code: 0, out: exported, err: [] })
  })

  it('is no answer for a name that no job needs', async () => {
    expect(await run('export v1-pytorch-0000000000', [bert])).toEqual({
      code: 1,
      out: [],
      err: [
        'error: there is no runtime v1-pytorch-0000000000 in namespace nlp, and no v1 job that needs it',
        '       a runtime of this program has a hash of its content in its name',
        '       kubectl migrate runtimes -n nlp',
        '       kubectl migrate cutover job NAME -n nlp --dry-run   (names the runtime it needs)',
      ],
    })
  })

  it.each(['bert', 'export', 'export a b', 'export a -A'])('refuses %j', async (words) => {
    const { code, out, err } = await run(words, [])
    expect([code, out, err[0]]).toEqual([
      2,
      [],
      'error: runtimes takes no name but after `export`: runtimes export NAME -n NAMESPACE',
    ])
  })
})
