import { describe, expect, it } from 'vitest'
import type { DiffRow } from '../compare/rows.ts'
import { type DiffOptions, type DiffView, differs, diffLines, nextOf } from './diff.ts'

const giga = 1_000_000_000n * 1024n ** 3n
const gpus = (count: bigint) => ({ requests: count * 1_000_000_000n, limits: count * 1_000_000_000n })

const rows: readonly DiffRow[] = [
  {
    pods: 'worker',
    path: 'containers[main].image',
    aspect: 'other',
    v1: 'registry.example.com/nlp/train:9',
    v2: 'registry.example.com/nlp/train:10',
    verdict: 'different',
    origin: 'template',
  },
  {
    pods: 'all',
    path: 'containers[main].env.JOBSET_NAME',
    aspect: 'env',
    v2: 'bert',
    verdict: 'harmless',
    cause: { code: 'helper-variable', why: 'the address of rank 0 is made of it' },
    origin: 'operator',
  },
  {
    pods: 'rank 1',
    path: 'containers[main].env.RANK',
    aspect: 'env',
    v1: '1',
    v2: '1',
    verdict: 'same',
    origin: 'operator',
  },
]

const view: DiffView = {
  job: 'nlp/bert',
  kind: 'PyTorchJob',
  against: 'TrainJob (converted, not created)',
  pods: 3,
  podsOfV2: 3,
  rows,
  findings: [
    {
      code: 'workers-stopped-at-success',
      class: 'changed',
      path: 'spec.runPolicy.cleanPodPolicy',
      message: 'pods that still run are stopped',
      why: 'JobSet stops them',
    },
    { code: 'clean-pods-all', class: 'same', path: 'spec', message: 'never told' },
  ],
  charges: {
    v1: new Map([
      ['memory', { requests: 512n * giga, limits: 1024n * giga }],
      ['nvidia.com/gpu', gpus(8n)],
    ]),
    v2: new Map([
      ['memory', { requests: 512n * giga, limits: 1024n * giga }],
      ['nvidia.com/gpu', gpus(16n)],
    ]),
  },
}

const lines = (options: Partial<DiffOptions> = {}) =>
  diffLines(view, { aspects: [], all: false, color: false, unicode: true, ...options })

const finding = 'changed  workers-stopped-at-success  pods that still run are stopped (JobSet stops them)'

describe('a diff', () => {
  it('is what differs, what was folded away, and what changes as a whole', () => {
    expect(lines()).toEqual([
      'nlp/bert: v1 PyTorchJob against v2 TrainJob (converted, not created)      3 pods each, compared rank by rank',
      '',
      'PODS     FIELD   FROM       V1                                 V2',
      'worker   image   template   registry.example.com/nlp/train:9   registry.example.com/nlp/train:10   differs',
      '',
      '1 difference; 1 equal (--all); 1 harmless folded',
      '    1  helper-variable  the address of rank 0 is made of it',
      '',
      finding,
    ])
  })

  it('tells once what holds of the fields of several roles', () => {
    const [told, ...others] = view.findings
    if (!told) throw new Error('the view has a finding')
    const twice = { ...view, findings: [told, { ...told, path: 'spec.other' }, ...others] }
    expect(diffLines(twice, { aspects: [], all: false, color: false, unicode: true })).toEqual(lines())
  })

  it('has every value with --all', () => {
    expect(lines({ all: true }).slice(2, 6)).toEqual([
      'PODS     FIELD             FROM       V1                                 V2',
      'worker   image             template   registry.example.com/nlp/train:9   registry.example.com/nlp/train:10   differs',
      'all      env JOBSET_NAME   operator   absent                             bert                                harmless: helper-variable',
      'rank 1   env RANK          operator   1                                  1                                   same',
    ])
  })

  it('has one aspect, and says nothing of findings then', () => {
    expect(lines({ aspects: ['env'] })).toEqual([
      'nlp/bert: v1 PyTorchJob against v2 TrainJob (converted, not created)      3 pods each, compared rank by rank',
      '',
      'no difference in env; 1 equal (--all); 1 harmless folded',
      '    1  helper-variable  the address of rank 0 is made of it',
    ])
    expect([differs(view, []), differs(view, ['env'])]).toEqual([true, false])
  })

  it('has the totals of all pods with --resources', () => {
    expect(lines({ aspects: ['resources'] }).slice(2)).toEqual([
      'TOTAL OF ALL PODS   REQUESTS V1   REQUESTS V2   LIMITS V1   LIMITS V2',
      'memory              512Gi         512Gi         1Ti         1Ti',
      'nvidia.com/gpu      8             16            8           16',
      '',
      'no difference in resources; 0 equal (--all)',
    ])
  })

  it('cuts values on a terminal of 80 columns', () => {
    expect(lines({ width: 80 }).slice(0, 6)).toEqual([
      'nlp/bert: v1 PyTorchJob against v2 TrainJob (converted, not created)',
      '3 pods each, compared rank by rank',
      '',
      'PODS     FIELD   FROM       V1                    V2',
      'worker   image   template   registry.example.c…   registry.example.c…   differs',
      '',
    ])
  })

  it('stands below one another on a terminal of 40, no value cut', () => {
    expect(lines({ width: 40, all: true })).toEqual([
      'nlp/bert: v1 PyTorchJob against v2',
      'TrainJob (converted, not created)',
      '3 pods each, compared rank by rank',
      '',
      'image',
      '  in  worker, of the template',
      '  v1  registry.example.com/nlp/train:9',
      '  v2  registry.example.com/nlp/train:10',
      '      differs',
      'env JOBSET_NAME',
      '  in  all, of the operator',
      '  v1  absent',
      '  v2  bert',
      '      harmless: helper-variable',
      'env RANK',
      '  in  rank 1, of the operator',
      '  v1  1',
      '  v2  1',
      '      same',
      '',
      '1 difference; 1 equal; 1 harmless folded',
      '',
      'changed  workers-stopped-at-success',
      '  pods that still run are stopped',
      '  (JobSet stops them)',
    ])
    expect(lines({ width: 40, aspects: ['resources'] }).slice(4)).toEqual([
      'TOTAL OF ALL PODS         V1      V2',
      'memory requests           512Gi   512Gi',
      'memory limits             1Ti     1Ti',
      'nvidia.com/gpu requests   8       16',
      'nvidia.com/gpu limits     8       16',
      '',
      'no difference in resources; 0 equal',
      '(--all)',
    ])
  })

  it('end in what to type next, once for all jobs', () => {
    const [first] = view.findings
    const other = { ...view, findings: [{ ...first, code: 'port-default' } as (typeof view.findings)[number]] }
    const options = { aspects: [], all: false, color: false, unicode: true, program: 'kubectl migrate' }
    expect(nextOf([view, view, other], options)).toEqual([
      '',
      'Next: kubectl migrate explain workers-stopped-at-success   what it means, and what to do about it',
      '      kubectl migrate explain port-default                 what it means, and what to do about it',
    ])
    expect(nextOf([view], { ...options, aspects: ['env'] })).toEqual([])
  })
})
