/**
 * What Krew and krew-index ask of a plugin. Facts: kubernetes-sigs/krew at db921d5: internal/index/validation/validate.go,
 * pkg/index/types.go, cmd/validate-krew-manifest/main.go, internal/download/downloader.go, site/content/docs/developer-guide.
 */

const platforms = [
  ...['windows/386', 'windows/amd64', 'windows/arm64'],
  ...['linux/386', 'linux/amd64', 'linux/arm', 'linux/arm64', 'linux/ppc64le'],
  ...['darwin/386', 'darwin/amd64', 'darwin/arm64'],
]

const windowsDevices = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i
const semver = /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/

/** Takes a parsed manifest and the name of its file; returns a sentence for each rule it breaks. */
export function manifestViolations(manifest: unknown, fileName: string): string[] {
  const root = fieldsOf(manifest)
  const metadata = fieldsOf(root['metadata'])
  const spec = fieldsOf(root['spec'])
  const name = String(metadata['name'] ?? '')
  const entries = Array.isArray(spec['platforms']) ? spec['platforms'].map(fieldsOf) : []
  const rules: [boolean, string][] = [
    [root['apiVersion'] === 'krew.googlecontainertools.github.com/v1alpha2', 'apiVersion is not v1alpha2 of Krew'],
    [root['kind'] === 'Plugin', 'kind is not Plugin'],
    [/^[\w-]+$/.test(name), 'metadata.name has other characters than letters, digits, _ and -'],
    [name === name.toLowerCase(), 'metadata.name is not in lower case'],
    [!name.startsWith('kube'), 'metadata.name starts with kube'],
    [!windowsDevices.test(name), 'metadata.name is a device of Windows'],
    [fileName === `${name}.yaml`, 'the file is not named metadata.name.yaml'],
    [semver.test(String(spec['version'])), 'spec.version is not v and a semantic version'],
    [/^https:\/\/\S+$/.test(String(spec['homepage'])), 'spec.homepage is not an https address'],
    ...descriptionRules(spec),
    [entries.length > 0, 'spec.platforms is empty'],
  ]
  return [
    ...rules.filter(([holds]) => !holds).map(([, sentence]) => sentence),
    ...entries.flatMap(platformViolations),
    ...overlaps(entries),
  ]
}

function descriptionRules(spec: Record<string, unknown>): [boolean, string][] {
  const short = String(spec['shortDescription'] ?? '')
  const long = String(spec['description'] ?? '')
  return [
    [short !== '', 'spec.shortDescription is missing'],
    [!/[\r\n]/.test(short), 'spec.shortDescription has a line break'],
    [short.length <= 50, 'spec.shortDescription is longer than 50 characters'],
    [
      !/kubectl|kubernetes|plugin/i.test(short),
      'spec.shortDescription has a redundant word: kubectl, Kubernetes or plugin',
    ],
    [!/\.$/.test(short), 'spec.shortDescription ends in a full stop'],
    [long.split('\n').every((line) => line.length <= 80), 'spec.description has a line longer than 80 characters'],
    [spec['caveats'] === undefined || String(spec['caveats']).trim() !== '', 'spec.caveats is empty'],
  ]
}

function platformViolations(platform: Record<string, unknown>, index: number): string[] {
  const at = `spec.platforms[${index}]`
  const uri = String(platform['uri'] ?? '')
  const bin = String(platform['bin'] ?? '')
  const matches = platformsOf(platform)
  const rules: [boolean, string][] = [
    [/^https:\/\/\S+\.(tar\.gz|zip)$/.test(uri), `${at}.uri is not the https address of a .tar.gz or .zip`],
    [/^[0-9a-f]{64}$/.test(String(platform['sha256'])), `${at}.sha256 is not 64 lower-case hexadecimal digits`],
    [bin !== '' && !/(^|\/)\.\.(\/|$)|^\//.test(bin), `${at}.bin is not a path inside the archive`],
    [!matches.some((name) => name.startsWith('windows/')) || bin.endsWith('.exe'), `${at}.bin is no .exe on Windows`],
    [selectorKeys(platform).length > 0, `${at}.selector is empty`],
    [
      selectorKeys(platform).every((key) => key === 'os' || key === 'arch'),
      `${at}.selector has other keys than os and arch`,
    ],
    [matches.length > 0, `${at}.selector matches none of the known platforms`],
    [platform['files'] === undefined, `${at}.files is given: best left out, so that all files land`],
  ]
  return rules.filter(([holds]) => !holds).map(([, sentence]) => sentence)
}

function overlaps(entries: readonly Record<string, unknown>[]): string[] {
  return platforms
    .map((name) => ({ name, count: entries.filter((entry) => platformsOf(entry).includes(name)).length }))
    .filter(({ count }) => count > 1)
    .map(({ name, count }) => `${name} is matched by ${count} platforms`)
}

/** The known platforms one entry is for. */
function platformsOf(platform: Record<string, unknown>): string[] {
  const { os, arch } = labelsOf(platform)
  return platforms.filter((name) => {
    const [knownOs, knownArch] = name.split('/')
    return (os === undefined || os === knownOs) && (arch === undefined || arch === knownArch)
  })
}

function selectorKeys(platform: Record<string, unknown>): string[] {
  return Object.keys(labelsOf(platform))
}

function labelsOf(platform: Record<string, unknown>): Record<string, unknown> {
  return fieldsOf(fieldsOf(platform['selector'])['matchLabels'])
}

/** A file in an archive. */
export interface ArchiveFile {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly mode: number
}

/** Takes what an archive holds and the `bin` of its platform; returns a sentence for each rule it breaks. */
export function archiveViolations(files: readonly ArchiveFile[], bin: string): string[] {
  const program = files.find((file) => file.name === bin)
  const rules: [boolean, string][] = [
    [
      files.every((file) => file.kind !== 'other'),
      'it holds something that is neither file nor folder, which Krew cannot unpack',
    ],
    [files.every((file) => !/(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:/.test(file.name)), 'a path leaves the archive'],
    [files.some((file) => /^(LICENSE|COPYING)(\.\w+)?$/i.test(file.name)), 'it holds no LICENSE'],
    [program !== undefined, `it holds no ${bin}`],
    [program === undefined || (program.mode & 0o111) === 0o111, `${bin} is not executable`],
  ]
  return rules.filter(([holds]) => !holds).map(([, sentence]) => sentence)
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
