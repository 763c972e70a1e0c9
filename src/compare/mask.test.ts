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
    ['PGPASSWORD', 's', 's', '***', '***'],
    ['MYSQL_PWD', 's', 's', '***', '***'],
    ['PWD', '/work', '/work', '/work', '/work'],
    ['MAX_TOKENS', '5', '5', '5', '5'],
    ['SENTRY_DSN', 's', 's', '***', '***'],
    ['DB_URL', 'postgres://u:s@h/db', 'postgres://u:s@h/db', 'postgres://u:***@h/db', 'postgres://u:***@h/db'],
    ['DB_URL', 'redis://:s@h', 'redis://:t@h', 'redis://:***@h (v1)', 'redis://:***@h (v2)'],
    ['DB_URL', 'redis://:s@h', 'redis://:s@other', 'redis://:***@h', 'redis://:***@other'],
    ['PROXY', 'http://u@h:80/a:b@c', 'http://h:80', 'http://u@h:80/a:b@c', 'http://h:80'],
    ['DB_URL', 'redis://:$(PASS)@h', 'redis://:$(PASS)@h', 'redis://:$(PASS)@h', 'redis://:$(PASS)@h'],
    ['EMPTY_TOKEN', '', 's', '', '***'],
  ])('%s: %s and %s are shown as %s and %s', (name, v1, v2, shown1, shown2) => {
    const [masked] = maskSecrets([row(name, v1, v2)])
    expect([masked?.v1, masked?.v2]).toEqual([shown1, shown2])
  })

  it.each([
    ['["train","--api-key=s","--tokenizer=bert"]', '["train","--api-key=***","--tokenizer=bert"]'],
    ['["train","--hf-token","s","--max-tokens","5"]', '["train","--hf-token","***","--max-tokens","5"]'],
    ['["sh","-c","train --password s --lr 1"]', '["sh","-c","train --password *** --lr 1"]'],
    ['["sh","-c","export HF_TOKEN=s A=b; train"]', '["sh","-c","export HF_TOKEN=*** A=b; train"]'],
    ['["sh","-c","HF_TOKEN=\\"s\\" train"]', '["sh","-c","HF_TOKEN=\\"***\\" train"]'],
    ['["sh","-c","train --token=$HF_TOKEN"]', '["sh","-c","train --token=$HF_TOKEN"]'],
    ['["git","clone","https://u:s@h/r"]', '["git","clone","https://u:***@h/r"]'],
  ])('are hidden in a command: %s', (command, shown) => {
    const one = { ...row('', command, command), path: 'containers[main].command' }
    expect(maskSecrets([one])[0]).toMatchObject({ v1: shown, v2: shown })
    const differing = { ...row('', command, command.replace('s"', 's2"')), path: 'containers[main].args' }
    const [masked] = maskSecrets([differing])
    expect(masked?.v1 === masked?.v2).toBe(differing.v1 === differing.v2)
  })

  it('are hidden in env and commands only', () => {
    const label = { ...row('', 'a', 'a'), path: 'labels.token' }
    expect(maskSecrets([label])).toEqual([label])
  })
})
