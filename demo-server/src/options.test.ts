import { readOptions } from './options';

describe('the options of npm start', () => {
  it('have defaults', () => {
    expect(readOptions([], {})).toMatchObject({
      port: 3000,
      ohif: '3.12.10',
      studies: [],
      pacs: undefined,
    });
  });

  it('name port, release, PACS and studies', () => {
    expect(
      readOptions(['--ohif', '3.11.1', '--dicomweb', 'http://pacs/dicom-web/'], { PORT: '8080' })
    ).toMatchObject({
      port: 8080,
      ohif: '3.11.1',
      pacs: { root: 'http://pacs/dicom-web' },
    });
    expect(readOptions(['--study', 'a', '--study', 'b'], {}).studies).toEqual(['a', 'b']);
  });

  it('take a user and a password out of the address of a PACS', () => {
    const { pacs } = readOptions(['--dicomweb', 'https://us%40er:pa%3Ass@pacs:8443/rs'], {});
    expect(pacs).toEqual({
      root: 'https://pacs:8443/rs',
      authorization: `Basic ${Buffer.from('us@er:pa:ss').toString('base64')}`,
    });
  });

  it.each([
    [['--dicomweb', 'pacs'], {}, /--dicomweb needs the http/],
    [['--dicomweb', 'file:///etc'], {}, /--dicomweb needs the http/],
    [['--dicomweb', 'http://pacs/dicom-web?key=1'], {}, /without a "\?"/],
    [['--dicomweb', 'http://pacs/dicom-web#x'], {}, /without a "\?"/],
    [['--dicomweb', 'http://100%:x@pacs'], {}, /write a "%"/],
    [['--dicomweb', 'http://user:%zz@pacs'], {}, /as %25$/],
    [['--dicomweb', 'http://user:5%@pacs/rs'], {}, /write a "%"/],
    [['--dicomweb', 'http://pacs', '--study', 'a'], {}, /cannot be used together/],
    [['--pacs', 'x'], {}, /Unknown option '--pacs'[\s\S]*--dicomweb URL/],
    [[], { PORT: 'http' }, /PORT is "http"/],
  ])('explain %j with %j', (argv, environment, sentence) => {
    expect(() => readOptions(argv, environment)).toThrow(sentence);
  });
});
