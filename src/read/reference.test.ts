import { describe, expect, it } from 'vitest'
import { Problem } from '../problem.ts'
import { parseReference, parseReferences } from './reference.ts'

function refusal(words: readonly string[]): Problem['data'] {
  try {
    parseReference(words)
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error('accepted')
}

describe('a job as typed', () => {
  it.each<[words: string[], kind: string | undefined, name: string]>([
    [['bert'], undefined, 'bert'],
    [['job', 'bert'], undefined, 'bert'],
    [['job/bert'], undefined, 'bert'],
    [['pytorchjob', 'bert'], 'PyTorchJob', 'bert'],
    [['pytorchjob/bert'], 'PyTorchJob', 'bert'],
    [['PyTorchJob/bert'], 'PyTorchJob', 'bert'],
    [['pytorchjobs', 'bert'], 'PyTorchJob', 'bert'],
    [['pytorchjob.kubeflow.org/bert'], 'PyTorchJob', 'bert'],
    [['pytorchjobs.kubeflow.org/bert'], 'PyTorchJob', 'bert'],
    [['pytorchjobs.v1.kubeflow.org/bert'], 'PyTorchJob', 'bert'],
    [['tfjob/bert'], 'TFJob', 'bert'],
    [['mpijob/bert'], 'MPIJob', 'bert'],
    [['xgboostjob/bert'], 'XGBoostJob', 'bert'],
    [['paddlejob/bert'], 'PaddleJob', 'bert'],
    [['jaxjob/bert'], 'JAXJob', 'bert'],
    [['trainjob', 'bert-v2'], 'TrainJob', 'bert-v2'],
    [['trainjobs.trainer.kubeflow.org/bert.v2'], 'TrainJob', 'bert.v2'],
  ])('%j', (words, kind, name) => {
    expect(parseReference(words)).toEqual({ kind, name })
  })

  it('is nothing when nothing was typed', () => {
    expect(parseReference([])).toBeUndefined()
  })

  it.each<[words: string[], what: string, why: string | undefined]>([
    [['pytorhjob/bert'], '"pytorhjob" is no kind of job', 'did you mean pytorchjob?'],
    [
      ['deployment', 'bert'],
      '"deployment" is no kind of job',
      'known: pytorchjob, tfjob, mpijob, xgboostjob, paddlejob, jaxjob, trainjob, job',
    ],
    [
      ['pod/bert'],
      '"pod" is no kind of job',
      'known: pytorchjob, tfjob, mpijob, xgboostjob, paddlejob, jaxjob, trainjob, job',
    ],
    [['job', 'a', 'b'], 'one job at a time: "b" is one word too many', undefined],
    [['job/a', 'b'], '"job/a" already names a job: "b" is one word too many', undefined],
    [
      ['job/'],
      '"" cannot be the name of a job',
      'names are lower-case letters, digits, - and ., as `$0 list` prints them',
    ],
    [
      ['job/a/b'],
      '"a/b" cannot be the name of a job',
      'names are lower-case letters, digits, - and ., as `$0 list` prints them',
    ],
    [
      ['Bert'],
      '"Bert" cannot be the name of a job',
      'names are lower-case letters, digits, - and ., as `$0 list` prints them',
    ],
    [
      ['../x'],
      '".." is no kind of job',
      'known: pytorchjob, tfjob, mpijob, xgboostjob, paddlejob, jaxjob, trainjob, job',
    ],
    [
      ['\u001b[2J'],
      '"\\e[2J" cannot be the name of a job',
      'names are lower-case letters, digits, - and ., as `$0 list` prints them',
    ],
  ])('%j is wrong usage', (words, what, why) => {
    expect(refusal(words)).toEqual({ code: 'bad-reference', what, why, exit: 2 })
  })

  it.each(['jobs/train.yaml', 'train.yml', './job.json'])('%s is a file', (word) => {
    expect(refusal([word])).toEqual({
      code: 'bad-reference',
      what: `${word} is the name of a file, and the name of a job goes here`,
      next: ['$0 list   (jobs of the namespace)', `$0 convert -f ${word}   (jobs in files)`],
      exit: 2,
    })
  })

  it.each([
    ['job', 'job'],
    ['PyTorchJob', 'pytorchjob'],
    ['tfjobs.kubeflow.org', 'tfjobs.kubeflow.org'],
    ['trainjob', 'trainjob'],
  ])('%s alone lacks the name, and is none', (word, name) => {
    const problem = {
      code: 'bad-reference',
      what: `"${word}" is a kind of job, and no name follows it`,
      why: `write ${word} NAME; a job that is itself called ${name} is ${word}/${name}`,
      next: ['$0 list   (jobs of the namespace)'],
      exit: 2,
    }
    expect(refusal([word])).toEqual(problem)
    expect(() => parseReferences(['bert', word])).toThrow(problem.what)
    expect(parseReference([`${word}/${name}`])?.name).toBe(name)
    expect(parseReference([word, name])?.name).toBe(name)
  })

  it('takes what follows a kind as a name, whatever it ends in', () => {
    expect(parseReference(['job', 'a.yaml'])).toEqual({ name: 'a.yaml' })
  })
})
