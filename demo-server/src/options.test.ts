import { readOptions } from './options';

describe('the options of npm start', () => {
  it('have defaults', () => {
    expect(readOptions([], {})).toMatchObject({
      port: 3000,
      ohif: '3.12.10',
      studies: [],
      dicomWeb: undefined,
    });
  });

  it('name port, release, PACS and studies', () => {
    expect(
      readOptions(['--ohif', '3.11.1', '--dicomweb', 'http://pacs/dicom-web/'], { PORT: '8080' })
    ).toMatchObject({
      port: 8080,
      ohif: '3.11.1',
      dicomWeb: 'http://pacs/dicom-web',
    });
    expect(readOptions(['--study', 'a', '--study', 'b'], {}).studies).toEqual(['a', 'b']);
  });

  it.each([
    [['--dicomweb', 'pacs'], {}, /--dicomweb needs the http/],
    [['--dicomweb', 'http://pacs', '--study', 'a'], {}, /cannot be used together/],
    [['--pacs', 'x'], {}, /Unknown option '--pacs'[\s\S]*--dicomweb URL/],
    [[], { PORT: 'http' }, /PORT is "http"/],
  ])('explain %j with %j', (argv, environment, sentence) => {
    expect(() => readOptions(argv, environment)).toThrow(sentence);
  });
});
