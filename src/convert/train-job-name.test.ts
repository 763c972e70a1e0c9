import { expect, it } from 'vitest'
import { refusal } from '../../test/unit/conversions.ts'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { parseV1Job } from '../v1/job.ts'
import { refuseOtherName } from './train-job-name.ts'

const job = () => {
  const parsed = parseV1Job(pytorchManifest())
  if ('problems' in parsed) throw new Error('no job')
  return parsed.job
}

it.each<[metadata: { name?: string; generateName?: string }, where: string | undefined]>([
  [{ name: 'train' }, undefined],
  [{ name: '1train' }, 'metadata.name'],
  [{ name: 'train.v2' }, 'metadata.name'],
  [{ name: 'x'.repeat(64) }, 'metadata.name'],
  [{ generateName: 'train-' }, undefined],
  [{ generateName: 'train.' }, 'metadata.generateName'],
])('the name of a TrainJob in %j is refused at %s', (metadata, where) => {
  const refuse = () => refuseOtherName(job(), { metadata })
  if (where === undefined) expect(refuse).not.toThrow()
  else
    expect(refuse).toThrow(
      expect.objectContaining({ data: expect.objectContaining({ code: 'name-not-taken', where }) }),
    )
})

it('a name that leaves no room for those of its pods is refused with the longest that does', () => {
  expect(refusal(pytorchManifest({ name: 'x'.repeat(54), worker: {} }))).toMatchObject({
    code: 'name-too-long',
    where: 'metadata.name',
    what: expect.stringMatching(
      /^PyTorchJob x{54} is not converted: its name has 54 characters, and a TrainJob .* may have \d+$/,
    ),
    why: expect.stringMatching(/; the longest that works is x+$/),
  })
})
