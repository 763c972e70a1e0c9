import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutSecrets } from './secrets.ts'

describe('withoutSecrets', () => {
  it.each([
    [
      'a JWT',
      'got eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl',
      'got (hidden)',
    ],
    ['a header', 'Authorization: Bearer abcdef123', 'Authorization: (hidden) (hidden)'],
    ['a flag', 'ran with --token=abcdef', 'ran with --token=(hidden)'],
    ['a JSON field', '{"password": "hunter22"}', '{"password": "(hidden)"}'],
    ['an AWS secret key', 'key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1', 'key (hidden)'],
    ['a hexadecimal digest of 32 and more', 'id 0123456789abcdef0123456789abcdef', 'id (hidden)'],
    ['words stay', 'SSO session has expired, run: aws sso login', 'SSO session has expired, run: aws sso login'],
    [
      'paths stay',
      '/usr/local/lib/python3/site-packages/awscli/clidriver',
      '/usr/local/lib/python3/site-packages/awscli/clidriver',
    ],
    [
      'addresses stay',
      'open https://login.example/device and enter ABCD-EFGH',
      'open https://login.example/device and enter ABCD-EFGH',
    ],
    [
      'long names with dashes stay',
      'pod my-very-long-training-job-name-of-somebody-worker-0',
      'pod my-very-long-training-job-name-of-somebody-worker-0',
    ],
  ])('%s', (_, text, wanted) => {
    expect(withoutSecrets(text)).toBe(wanted)
  })

  it('hides any JWT in any sentence', () => {
    const part = fc
      .uint8Array({ minLength: 24, maxLength: 60 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'))
    fc.assert(
      fc.property(fc.string(), part, part, (before, payload, signature) => {
        const token = `eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ${payload}.${signature}`
        expect(withoutSecrets(`${before} ${token}`)).not.toContain(payload)
      }),
    )
  })
})
