import { describe, expect, it } from 'vitest'
import { usual } from '../../test/unit/conversions.ts'
import { fakeEnv } from '../../test/unit/fake-env.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { convertJob } from '../convert/convert.ts'
import { OutputFolder } from './output-folder.ts'

const conversion = (name: string, namespace?: string) =>
  convertJob(pytorchManifest({ name, metadata: namespace === undefined ? {} : { namespace } }), usual)

/** What lies in the folder after these jobs: of each file the names of its TrainJobs. */
async function written(perNamespace: boolean, jobs: readonly ReturnType<typeof conversion>[], there = {}) {
  const { env, files } = fakeEnv({ files: there })
  const folder = await OutputFolder.open(env.files, 'v2/', { overwrite: false, perNamespace })
  for (const job of jobs) await folder.write(job)
  await folder.close()
  const names = (text: string) =>
    text.split('---\n').flatMap((part) => (/^kind: TrainJob$/m.test(part) ? [/^ {2}name: (.+)$/m.exec(part)?.[1]] : []))
  return Object.fromEntries([...files].map(([path, text]) => [path, names(text)]))
}

describe('an output folder', () => {
  const jobs = [conversion('a', 'nlp'), conversion('b', 'vision'), conversion('c', 'nlp'), conversion('d')]

  it('has one file a job, the runtimes before', async () => {
    expect(await written(false, jobs)).toEqual({
      'v2/00-runtimes.yaml': [],
      'v2/nlp.a.yaml': ['a'],
      'v2/vision.b.yaml': ['b'],
      'v2/nlp.c.yaml': ['c'],
      'v2/d.yaml': ['d'],
    })
  })

  it('has one file a namespace where that is wanted', async () => {
    expect(await written(true, jobs)).toEqual({
      'v2/00-runtimes.yaml': [],
      'v2/nlp.yaml': ['a', 'c'],
      'v2/vision.yaml': ['b'],
      'v2/no-namespace.yaml': ['d'],
    })
  })

  it('keeps its own files apart from namespaces of their names', async () => {
    expect(await written(true, [conversion('a', '00-runtimes'), conversion('b', '01-others')])).toEqual({
      'v2/00-runtimes.yaml': [],
      'v2/namespace-00-runtimes.yaml': ['a'],
      'v2/namespace-01-others.yaml': ['b'],
    })
  })

  it('overwrites nothing', async () => {
    await expect(written(true, jobs, { 'v2/nlp.yaml': 'mine' })).rejects.toThrow('v2/nlp.yaml exists already')
  })

  it.each(['../../etc', '/etc', '..', 'a/b'])('is not left by a namespace called %s', async (namespace) => {
    const outside = conversion('a')
    const job = { ...outside, trainJob: { ...outside.trainJob, metadata: { name: 'a', namespace } } }
    for (const perNamespace of [true, false]) {
      const paths = Object.keys(await written(perNamespace, [job]))
      expect(paths.filter((path) => !/^v2\/[A-Za-z0-9_][A-Za-z0-9._-]*\.yaml$/.test(path))).toEqual([])
    }
  })
})
