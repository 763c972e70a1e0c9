import { describe, expect, it } from 'vitest'
import { maskSecrets } from './mask.ts'
import type { DiffRow } from './rows.ts'

const row = (name: string, v1: string | undefined, v2: string | undefined): DiffRow => ({
  pods: 'all',
  path: `containers[main].env.${name}`,
  aspect: 'env',
  ...(v1 === undefined ? {} : { v1 }),
  ...(v2 === undefined ? {} : { v2 }),
  verdict: v1 === v2 ? 'same' : 'different',
  origin: 'template',
})

describe('values of variables that look like secrets', () => {
  it.each([
    ['HF_TOKEN', 's', 's', '***', '***'],
    ['AWS_SECRET_ACCESS_KEY', 's', 't', '*** (v1)', '*** (v2)'],
    ['WANDB_API_KEY', 's', undefined, '***', undefined],
    ['DB_PASSWORD', undefined, 's', undefined, '***'],
    ['db_passwd', 's', 's', '***', '***'],
    ['HF_TOKEN', '<secret hf/token>', '<secret hf/token>', '<secret hf/token>', '<secret hf/token>'],
    ['TOKENIZERS_PARALLELISM', 'true', 'true', 'true', 'true'],
    ['KEY', 'a', 'b', 'a', 'b'],
    ['MONKEY', 'a', 'a', 'a', 'a'],
  ])('%s: %s and %s are shown as %s and %s', (name, v1, v2, shown1, shown2) => {
    const [masked] = maskSecrets([row(name, v1, v2)])
    expect([masked?.v1, masked?.v2]).toEqual([shown1, shown2])
  })

  it('are hidden in env only', () => {
    const label = { ...row('', 'a', 'a'), path: 'labels.token' }
    expect(maskSecrets([label])).toEqual([label])
  })
})
