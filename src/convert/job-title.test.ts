import { expect, it } from 'vitest'
import { pytorchManifest } from '../../test/unit/pytorch-manifest.ts'
import { jobTitle } from './job-title.ts'

it('a job is called by its kind, namespace and name', () => {
  expect(jobTitle(pytorchManifest({ metadata: { namespace: 'nlp' } }))).toBe('PyTorchJob nlp/train')
  expect(jobTitle(pytorchManifest())).toBe('PyTorchJob train')
  expect(jobTitle({ ...pytorchManifest(), metadata: { generateName: 'train-' } })).toBe('PyTorchJob train-…')
  expect(jobTitle({ ...pytorchManifest(), metadata: {} })).toBe('PyTorchJob (unnamed)')
})
