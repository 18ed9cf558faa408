import { UsageError } from '../exitStatus';
import { parseScoreArguments } from './scoreArguments';

const parse = (...argv: string[]) => parseScoreArguments(argv, '/shipped');

describe('arguments of score', () => {
  it('has the documented options and their defaults', () => {
    expect(parse(__dirname)).toEqual({
      paths: [__dirname],
      seriesInstanceUID: undefined,
      json: undefined,
      seg: undefined,
      sr: undefined,
      models: '/shipped',
      provider: 'cpu',
      jobs: 1,
      resume: false,
    });
    expect(
      parse(
        __dirname,
        __filename,
        '--series',
        '1.2',
        '--json',
        '-',
        '--seg',
        'a',
        '--sr',
        'b',
        '--models',
        'm',
        '--provider',
        'webgpu'
      )
    ).toMatchObject({
      paths: [__dirname, __filename],
      seriesInstanceUID: '1.2',
      json: '-',
      seg: 'a',
      sr: 'b',
      models: 'm',
      provider: 'webgpu',
    });
  });

  it.each([
    ['no path', []],
    ['a path that does not exist', ['/no/such/folder']],
    ['an unknown option', [__dirname, '--sore']],
    ['an option without its value', [__dirname, '--json']],
    ['an unknown provider', [__dirname, '--provider', 'cuda']],
    ['no jobs', [__dirname, '--jobs', '0']],
    ['half a job', [__dirname, '--jobs', '1.5']],
    ['a resume without the file of what is done', [__dirname, '--resume']],
    ['a resume from standard output', [__dirname, '--resume', '--json', '-']],
  ])('refuses %s', (_, argv) => {
    expect(() => parse(...argv)).toThrow(UsageError);
  });
});
