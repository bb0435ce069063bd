import { isDeepStrictEqual } from 'node:util';
import { Yaml } from 'cdk8s';
import * as fc from 'fast-check';
import * as yaml from 'yaml';
import { toYaml, toYamlDocuments } from '../../lib/output/yaml';

// It brings no types.
const jsYaml: { load(text: string): unknown; loadAll(text: string): unknown[] } = require('js-yaml');

/** Every reader's view of one document, by name. */
const READERS: Record<string, (text: string) => unknown> = {
  'yaml 1.1': text => yaml.parse(text, { version: '1.1' }),
  'yaml 1.2': text => yaml.parse(text, { version: '1.2' }),
  'js-yaml': text => jsYaml.load(text),
};

function expectMeaning(value: unknown, text = toYaml(value)): void {
  for (const [reader, read] of Object.entries(READERS)) {
    // Negative zero is zero to js-yaml, in cdk8s's output too.
    expect({ reader, value: withoutNegativeZero(read(text)) }).toEqual({
      reader,
      value: withoutNegativeZero(value),
    });
  }
}

function withoutNegativeZero(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [key, entry] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: withoutNegativeZero(entry), enumerable: true });
  }
  return copy;
}

/** What cdk8s's own output means by YAML 1.1, for which it is written; undefined where it can't be read. */
function meaningOfTheirs(value: unknown): unknown {
  try {
    return yaml.parse(Yaml.stringify(value), { version: '1.1' });
  } catch {
    return undefined;
  }
}

const TRAPS = [
  ...['', '~', 'null', 'Null', 'NULL', 'nUll', 'true', 'True', 'TRUE', 'false', 'False', 'FALSE'],
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'n', 'N', 'no', 'No', 'NO', 'on', 'On', 'ON', 'off', 'Off', 'OFF'],
  ...[
    '0',
    '1',
    '-1',
    '+1',
    '00',
    '007',
    '08',
    '0775',
    '0o14',
    '0O14',
    '0x1F',
    '0X1f',
    '0b101',
    '-0b1',
    '1_000',
  ],
  ...[
    '1.',
    '.5',
    '.',
    '-',
    '+',
    '-.5',
    '1.5',
    '1e3',
    '1E3',
    '1e+3',
    '1.5e-3',
    'e5',
    'E5',
    '+e5',
    '.e5',
    '._',
    '0_',
  ],
  ...[
    '1:30',
    '190:20:30',
    '1:30.5',
    '-1:30',
    '1:60',
    '12:30:45.',
    '22:22',
    '8080:80',
    '1.31',
    '1.31.0',
    '10.0.0.1',
  ],
  ...[
    '.inf',
    '-.Inf',
    '+.INF',
    '.nan',
    '.NaN',
    '.NAN',
    'inf',
    'NaN',
    'Infinity',
    '1e21',
    '0.1.2',
    '0x',
    '0b',
    '0o',
  ],
  ...[
    '2026-11-23',
    '2026-1-2',
    '2026-11-23T10:00:00Z',
    '2026-11-23 10:00:00',
    '2026-11-23t1:2:3.5 +1',
    '2026-11',
  ],
  ...[
    '<<',
    '=',
    '<',
    '>',
    '|',
    '>-',
    '*',
    '&',
    '!',
    '!!str',
    '*a',
    '&a',
    '!a',
    '%',
    '%YAML',
    '@',
    '`',
    '#',
    '# a',
  ],
  ...[
    '-',
    '- ',
    '- a',
    '-a',
    '--',
    '---',
    '--- a',
    '---a',
    '...',
    '...a',
    '?',
    '? a',
    '?a',
    ':',
    ': a',
    ':a',
    'a:',
  ],
  ...[
    'a: b',
    'a:b',
    'a :b',
    'a #b',
    'a# b',
    'a#',
    ' a',
    'a ',
    '\ta',
    'a\t',
    'a\tb',
    'a:\tb',
    'a\t#b',
    '[',
    ']',
    '[]',
  ],
  ...[
    '{',
    '}',
    '{}',
    ',',
    'a,b',
    '[a',
    'a]',
    "'",
    '"',
    "''",
    '""',
    "'a'",
    '"a"',
    'a\'b"c',
    "it's",
    'say "a"',
    '\\',
    '\\n',
  ],
  ...[
    '\n',
    '\n\n',
    ' \n',
    '\n ',
    'a\n',
    'a\n\n',
    'a\n\n\n',
    '\na',
    '\n\na',
    ' a\nb',
    '\ta\nb',
    'a\n b',
    'a\n\tb',
    'a\nb ',
  ],
  ...[
    'a\n ',
    'a\n\t',
    'a\n \n',
    'a \nb',
    'a\t\nb',
    'a\n  \nb',
    '  \na',
    '\n  a\nb',
    'a\n---\nb',
    'a\n...\n',
    '# a\nb',
    '%a\nb',
  ],
  ...[
    'a\r',
    'a\r\nb\r\n',
    'a\rb',
    '\r',
    '\r\n',
    'a\u0085b',
    'a\u2028b',
    'a\u2029b',
    'a\u0085\nb',
    'a\n\u2028b',
    '\ufeffa',
    'a\ufeff',
  ],
  ...[
    '\0',
    '\x07',
    '\x1b',
    '\x7f',
    '\x80',
    '\xa0',
    'a\xa0',
    '\xad',
    '\ud800',
    '\udfff',
    'a\udc00\nb',
    '\ufffe',
    '\uffff',
  ],
  ...[
    'é',
    'ü\nß',
    '東京',
    '🚀',
    '👩‍👩‍👧',
    '\u202eabc',
    '\u200b',
    'a: é',
    '\u3000a',
    'a\u3000',
    'a b',
    'a  b',
    'a b: c',
    '$(A)',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  ],
  ...[
    '{"a": 1}',
    '{"a": 1}\n',
    'a'.repeat(5000),
    'a '.repeat(3000).trim(),
    'é'.repeat(1100),
    '"'.repeat(600),
  ],
];

describe('a string keeps its meaning for every reader', () => {
  test.each(TRAPS.map(trap => [JSON.stringify(trap).slice(0, 60), trap]))('%s', (_name, trap) => {
    expectMeaning(trap);
    expectMeaning({ a: trap, b: [trap, [trap, { c: trap }], trap], d: trap });
    expectMeaning([trap]);
    if (trap === '__proto__') return;
    expectMeaning({ [trap]: trap });
    expectMeaning({ a: [{ [trap]: { [trap]: 1 } }, { [trap]: [] }] });
    expectMeaning({ [trap]: { [trap]: [trap], b: {} }, z: { [trap]: 'a\nb\n' } });
  });

  test('it parses as what cdk8s writes parses', () => {
    for (const trap of TRAPS.filter(trap => trap !== ' \n')) {
      expect(yaml.parse(toYaml({ a: trap }), { version: '1.1' })).toEqual(meaningOfTheirs({ a: trap }));
    }
  });

  test('it keeps the meaning where what cdk8s writes loses it: merge keys, blanks before a line break alone, octals of 1.2, non-characters', () => {
    const merge = { a: { '<<': 'x' } };
    expect(() => yaml.parse(Yaml.stringify(merge), { version: '1.1' })).toThrow('Merge sources');
    expectMeaning(merge);
    const blanks = [' \n'];
    expect(meaningOfTheirs(blanks)).toEqual(['\n']);
    expectMeaning(blanks);
    const octal = { a: '0o14' };
    expect(yaml.parse(Yaml.stringify(octal), { version: '1.2' })).toEqual({ a: 12 });
    expectMeaning(octal);
    const nonCharacter = { a: '\uffff' };
    expect(() => jsYaml.load(Yaml.stringify(nonCharacter))).toThrow('non-printable');
    expectMeaning(nonCharacter);
  });
});

describe('values', () => {
  test.each([
    [0, '0'],
    [-0, '-0'],
    [1e21, '1.0e+21'],
    [1.5e-7, '1.5e-7'],
    [1e-7, '1.0e-7'],
    [123456789012345680000, '123456789012345680000'],
    [Number.NaN, '.nan'],
    [Number.POSITIVE_INFINITY, '.inf'],
    [Number.NEGATIVE_INFINITY, '-.inf'],
    [true, 'true'],
    [false, 'false'],
    [null, 'null'],
    [undefined, 'null'],
    [[], '[]'],
    [{}, '{}'],
    [{ a: undefined }, '{}'],
    [10n ** 30n, '1000000000000000000000000000000'],
  ])('%p is written as %s', (value, text) => {
    expect(toYaml(value)).toBe(`${text}\n`);
    expect(toYaml([value])).toBe(`- ${text}\n`);
  });

  test('an undefined entry of a map is left out, of a list is null', () => {
    expect(toYaml({ a: undefined, b: [undefined], c: null })).toBe('b:\n  - null\nc: null\n');
  });

  test.each([
    ['Date', new Date(0)],
    ['Map', new Map()],
    ['function', () => 1],
    ['symbol', Symbol('a')],
  ])('a %s is refused with its place', (type, value) => {
    expect(() => toYaml({ spec: { list: [1, { at: value }] } })).toThrow(
      `can't write a ${type} as YAML at spec.list.1.at`,
    );
  });
});

describe('layout', () => {
  test('an ordinary manifest is laid out byte for byte as cdk8s lays it out', () => {
    const manifest = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        labels: { app: 'reviews', version: 'v1' },
        name: 'reviews-v1',
        annotations: { 'a.b/c': 'true' },
      },
      spec: {
        replicas: 1,
        selector: {},
        template: {
          spec: {
            containers: [
              {
                args: ['--port=80', '-c', 'echo "hi"', 'a: b', "it's #1", '$(POD)'],
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '' },
                ],
                image: 'docker.io/istio/examples-bookinfo-reviews-v1:1.20.3',
                resources: { limits: { cpu: '100m', memory: '128Mi' } },
              },
            ],
            nested: [[1, [2]], [], [{}]],
            volumes: [],
          },
        },
      },
      data: { 'run.sh': '#!/bin/sh\n  echo\n\nexit\n', conf: 'a\nb', kept: 'a\n\n', indented: '  a\nb\n' },
    };
    expect(toYaml(manifest)).toBe(Yaml.stringify(manifest));
  });

  test('shared objects are repeated, without anchors', () => {
    const shared = { a: 1 };
    expect(toYaml({ first: shared, list: [shared] })).toBe('first:\n  a: 1\nlist:\n  - a: 1\n');
  });

  test('a long line is not folded', () => {
    const text = 'word '.repeat(100).trim();
    expect(toYaml({ text })).toBe(`text: ${text}\n`);
  });

  test('text that no block can hold has one line of text a line', () => {
    const script = 'echo this is the first line\r\n  echo indented\r\n\r\ndone\r\n';
    expect(toYaml({ script })).toBe(
      [
        'script: "echo this is the first line\\r\\n\\',
        '  \\  echo indented\\r\\n\\',
        '  \\r\\n\\',
        '  done\\r\\n"',
        '',
      ].join('\n'),
    );
  });

  test('documents are separated by ---, and trailing line breaks of a text stay', () => {
    const documents = [{ a: 'x\n\n' }, { b: 1 }, { c: 'y\n' }];
    const text = toYamlDocuments(documents);
    expect(text).toBe('a: |+\n  x\n\n---\nb: 1\n---\nc: |\n  y\n');
    expect(yaml.parseAllDocuments(text).map(document => document.toJS())).toEqual(documents);
    expect(jsYaml.loadAll(text)).toEqual(documents);
    expect(toYamlDocuments([])).toBe('');
  });
});

describe('random values', () => {
  /** Pieces that traps are made of, so that random strings are mostly near one. */
  const piece = fc.oneof(
    fc.constantFrom(...TRAPS.filter(trap => trap.length < 20)),
    fc.constantFrom(
      ' ',
      '\n',
      '\t',
      ':',
      '#',
      '-',
      '.',
      '0',
      '1',
      '_',
      'e',
      '\r',
      '"',
      "'",
      '\\',
      ',',
      '?',
      '|',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const text = fc.oneof(
    { weight: 3, arbitrary: fc.array(piece, { maxLength: 6 }).map(pieces => pieces.join('')) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme' }) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'0123456789+-._:eExob TZ') }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }).map(lines => lines.join('\n')),
    },
  );
  const key = text.filter(candidate => candidate !== '__proto__');
  const scalar = fc.oneof(
    { weight: 4, arbitrary: text },
    { weight: 1, arbitrary: fc.double({ noNaN: true }) },
    { weight: 1, arbitrary: fc.integer() },
    { weight: 1, arbitrary: fc.constantFrom(true, false, null, Number.POSITIVE_INFINITY, -0) },
  );
  const tree = fc.letrec<{ node: unknown }>(tie => ({
    node: fc.oneof(
      { maxDepth: 5, depthSize: 'medium' },
      scalar,
      fc.array(tie('node'), { maxLength: 6 }),
      fc.dictionary(key, tie('node'), { maxKeys: 6, noNullPrototype: true }),
    ),
  })).node;

  let values = 0;
  const count = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, entry) => sum + 1 + count(entry), 0)
      : 1;

  test('100,000 strings, as values and keys, mean the same to every reader', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 400, maxLength: 400 }), texts => {
        values += texts.length;
        expectMeaning(texts);
        expectMeaning(Object.fromEntries(texts.filter(key => key !== '__proto__').map(key => [key, key])));
      }),
      { numRuns: 250 },
    );
    expect(values).toBe(100_000);
  });

  test('random trees mean the same to every reader, as does what cdk8s writes, where it keeps it', () => {
    let nodes = 0;
    let agreed = 0;
    fc.assert(
      fc.property(tree, value => {
        nodes += count(value);
        expectMeaning(value);
        if (isDeepStrictEqual(meaningOfTheirs(value), value)) agreed++;
      }),
      { numRuns: 1000 },
    );
    expect(nodes).toBeGreaterThan(5_000);
    // The rest is what cdk8s's output loses, see above.
    expect(agreed).toBeGreaterThan(800);
  });
});
