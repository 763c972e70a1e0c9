import { describe, expect, it } from 'vitest'
import { runVerb } from '../../test/unit/run-verb.ts'

/** A job of one Worker, by what is not the usual in it, from line 1 on. */
const job = ({ metadata = '{name: bert}', worker = 'replicas: 2', container = 'image: train:1' } = {}): string => `\
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: ${metadata}
spec:
  pytorchReplicaSpecs:
    Worker:
      ${worker}
      template:
        spec:
          containers:
            - name: pytorch
              ${container}
`

const good = job({ metadata: '{name: good}' })

const workers = 'spec.pytorchReplicaSpecs.Worker'

describe('a job that v1 would refuse', () => {
  it.each<[what: string, text: string, title: string, line: number, path: string, why: string]>([
    [
      'replicas as text',
      job({ worker: 'replicas: "2"' }),
      'bert',
      7,
      `${workers}.replicas`,
      '"2" must be a whole number',
    ],
    [
      'replicas as empty text',
      job({ worker: 'replicas: ""' }),
      'bert',
      7,
      `${workers}.replicas`,
      '"" must be a whole number',
    ],
    [
      'more replicas than the API takes',
      job({ worker: 'replicas: 99999999999' }),
      'bert',
      7,
      `${workers}.replicas`,
      'must not be more than 2147483647',
    ],
    ['no replicas at all', job({ worker: 'replicas: 0' }), 'bert', 7, `${workers}.replicas`, 'must be at least 1'],
    [
      'a name YAML reads as false',
      job({ metadata: '{name: n}' }),
      'false',
      3,
      'metadata.name',
      'is read as the boolean false and must be text: write it in quotes',
    ],
    ['no name', job({ metadata: '{labels: {a: b}}' }), '(unnamed)', 3, 'metadata.name', 'is missing'],
    [
      'a name that leads out of a folder',
      job({ metadata: '{name: ../../x}' }),
      '../../x',
      3,
      'metadata.name',
      '"../../x" must be a DNS label that starts with a letter (a-z, 0-9, -), at most 63 long',
    ],
    [
      'a namespace that leads out of a folder',
      job({ metadata: '{name: bert, namespace: ../etc}' }),
      '../etc/bert',
      3,
      'metadata.namespace',
      '"../etc" is no namespace: a-z, 0-9 and -, at most 63 long',
    ],
    [
      'no container of the name v1 wants',
      job().replace('name: pytorch', 'name: main'),
      'bert',
      10,
      `${workers}.template.spec.containers`,
      'must have at least one container with name pytorch',
    ],
    [
      'a template without containers: the line of what is written above',
      job().replace(/ {8}spec:\n {10}containers:\n.*/s, '        spec: {}\n'),
      'bert',
      9,
      `${workers}.template.spec.containers`,
      'must be specified',
    ],
    [
      'empty replica specs',
      'apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: bert}\nspec:\n  pytorchReplicaSpecs: {}\n',
      'bert',
      5,
      'spec.pytorchReplicaSpecs',
      'has no replica type, so that the job has no pods',
    ],
    [
      'a replica type of nothing',
      'apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: bert}\nspec:\n  pytorchReplicaSpecs:\n    Worker: {}\n',
      'bert',
      6,
      `${workers}.template.spec.containers`,
      'must be specified',
    ],
  ])('%s', async (_, text, title, line, path, why) => {
    const files = { 'bad.yaml': text, 'good.yaml': good }
    const { code, out, err } = await runVerb(['convert', '-f', 'bad.yaml', '-f', 'good.yaml', '-o', 'name'], { files })
    expect(code).toBe(2)
    expect(out.at(-1)).toBe('trainjob.trainer.kubeflow.org/good')
    expect(err.slice(0, 3)).toEqual([
      `error: PyTorchJob ${title} is not a job Training Operator would run`,
      `       bad.yaml:${line}: ${path}`,
      `       ${path} ${why}`,
    ])
    expect(err.at(-1)?.replace(/ +\d+\.\d\d s$/, '')).toBe('2 jobs: 1 proved, 1 not converted.  1 runtime')
  })
})

describe('a job that is refused', () => {
  it('has the namespace of -n in its row, as those that are converted', async () => {
    const files = { 'bad.yaml': job({ worker: 'replicas: 0' }), 'good.yaml': good }
    const { code, err } = await runVerb(['convert', '-f', 'bad.yaml', '-f', 'good.yaml', '-n', 'nlp'], { files })
    expect([code, err.filter((line) => /^(bad|good)\.yaml:1 /.test(line))]).toEqual([
      2,
      [
        expect.stringMatching(/^bad\.yaml:1 +nlp\/bert +not converted: invalid-job$/),
        expect.stringMatching(/^good\.yaml:1 +nlp\/good +proved: 2 pods the same/),
      ],
    ])
  })
})

describe('a file in another encoding', () => {
  const bytes = (text: string, encoding: 'utf16le' | 'latin1' | 'utf8', mark: number[] = []) =>
    new Uint8Array([...mark, ...Buffer.from(text, encoding)])

  it.each([
    ['lines that end in CRLF', bytes(good.replaceAll('\n', '\r\n'), 'utf8')],
    ['UTF-16 with its mark', bytes(good, 'utf16le', [0xff, 0xfe])],
    ['UTF-8 with its mark', bytes(good, 'utf8', [0xef, 0xbb, 0xbf])],
  ])('is read: %s', async (_, input) => {
    const { code, out } = await runVerb(['convert', '-f', '-', '-o', 'name'], { input })
    expect({ code, last: out.at(-1) }).toEqual({ code: 0, last: 'trainjob.trainer.kubeflow.org/good' })
  })

  it.each([
    ['Latin-1', bytes(job({ container: 'image: "é"' }), 'latin1'), 'bytes that are no UTF-8: save the file as UTF-8'],
    ['a NUL', bytes(job({ container: 'image: a\0b' }), 'utf8'), 'a NUL character'],
  ])('is refused with its place: %s', async (_, input, why) => {
    const { code, out, err } = await runVerb(['convert', '-f', '-'], { input })
    expect({ code, out }).toEqual({ code: 2, out: [] })
    expect(err[0]).toBe('error: standard input holds a document that cannot be read')
    expect(err[1]).toMatch(/^ {7}standard input:12:\d+$/)
    expect(err[2]).toBe(`       ${why}`)
  })
})

describe('a job of unusual size', () => {
  const env = Array.from({ length: 200 }, (_, at) => `{name: V${at}, value: x}`).join(', ')
  const many = job({ container: `image: train:1\n              env: [${env}]` })
  const script = 'x'.repeat(100_000)
  const long = job({ container: `image: train:1\n              args: [${script}]` })

  /** Kinds of the objects that hold the text. */
  const holders = (out: readonly string[], text: string) =>
    out
      .join('\n')
      .split('\n---\n')
      .filter((document) => document.includes(text))
      .map((document) => /^kind: (.+)$/m.exec(document)?.[1])

  it.each([
    ['200 variables', '2.0', many, 'name: V199', 'TrainJob'],
    ['200 variables', '2.1', many, 'name: V199', 'TrainJob'],
    ['200 variables: a TrainJob takes 128', '2.2', many, 'name: V199', 'TrainingRuntime'],
    ['200 variables: a TrainJob takes 128', '2.3', many, 'name: V199', 'TrainingRuntime'],
    ['a script of 100 kB', '2.0', long, script, 'TrainJob'],
    ['a script of 100 kB', '2.1', long, script, 'TrainJob'],
    ['a script of 100 kB: a TrainJob takes 64 kB', '2.2', long, script, 'TrainingRuntime'],
    ['a script of 100 kB', '2.3', long, script, 'TrainJob'],
  ])('%s, Trainer %s', async (_, version, input, text, holder) => {
    const { code, out, err } = await runVerb(['convert', '-f', '-', '--target-version', version], { input })
    expect(code).toBe(0)
    expect(holders(out, text)).toEqual([holder])
    expect(err[0]).toBe('standard input:1   bert   proved: 2 pods the same')
  })

  it('is refused where it has more pods than a Kubernetes Job takes', async () => {
    const { code, out, err } = await runVerb(['convert', '-f', '-'], { input: job({ worker: 'replicas: 2000000000' }) })
    expect({ code, out }).toEqual({ code: 1, out: [] })
    expect(err.slice(0, 3)).toEqual([
      'error: PyTorchJob bert is not converted: it has 2000000000 pods',
      '       standard input:7: spec.pytorchReplicaSpecs.Worker.replicas',
      '       a Kubernetes Job takes at most 100000',
    ])
  })

  it('may stand behind 9,999 other documents', async () => {
    const others = Array.from(
      { length: 9_999 },
      (_, at) => `kind: ConfigMap\napiVersion: v1\nmetadata: {name: c${at}}\n`,
    )
    const input = [...others, good].join('---\n')
    const { code, out, err } = await runVerb(['convert', '-f', '-', '-o', 'name'], { input })
    expect({ code, first: out[0], last: out.at(-1), objects: out.length }).toEqual({
      code: 0,
      first: 'configmap/c0',
      last: 'trainjob.trainer.kubeflow.org/good',
      objects: 10_001,
    })
    expect(err.at(-1)).toMatch(/^1 job: 1 proved, 9999 objects of other kinds passed through\. {2}1 runtime/)
  })

  it('hides none of 9,999 others when it cannot be read', async () => {
    const others = Array.from(
      { length: 9_999 },
      (_, at) => `kind: ConfigMap\napiVersion: v1\nmetadata: {name: c${at}}\n`,
    )
    const input = [...others.slice(0, 5_000), 'kind: [\n', ...others.slice(5_000), good].join('---\n')
    const { code, out, err } = await runVerb(['convert', '-f', '-', '-o', 'name'], { input })
    expect({ code, last: out.at(-1), objects: out.length }).toEqual({
      code: 2,
      last: 'trainjob.trainer.kubeflow.org/good',
      objects: 10_001,
    })
    expect(err.slice(0, 2)).toEqual([
      'error: standard input holds a document that cannot be read',
      '       standard input:20002:1',
    ])
  })

  it('a variable written twice is proved too: the last one counts, as in v1', async () => {
    const twice = '[{name: A, value: "1"}, {name: A, value: "2"}]'
    const input = job({ container: `image: train:1\n              env: ${twice}` })
    const { code, err } = await runVerb(['convert', '-f', '-'], { input })
    expect({ code, first: err[0] }).toEqual({ code: 0, first: 'standard input:1   bert   proved: 2 pods the same' })
  })
})

describe('the exit code of a run', () => {
  const lost = job({ metadata: '{name: lost}' }).replace('containers:', 'hostname: x\n          containers:')
  const invalid = job({ metadata: '{name: invalid}', worker: 'replicas: "2"' })

  it.each([
    ['0 where all are converted', [good], 0],
    ['1 where v2 cannot keep something', [good, lost], 1],
    ['2 where one is no job, whatever else', [good, lost, invalid], 2],
    ['2 in any order', [invalid, lost, good], 2],
  ])('is %s', async (_, documents, code) => {
    const run = await runVerb(['convert', '-f', '-', '-o', 'name'], { input: documents.join('---\n') })
    expect({ code: run.code, last: run.out.at(-1) }).toEqual({ code, last: 'trainjob.trainer.kubeflow.org/good' })
  })
})
