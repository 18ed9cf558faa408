/** What dicom-parser exports and its own types leave out; a class and an interface of one name are one. */
declare module 'dicom-parser' {
  class DataSet {
    constructor(parser: ByteArrayParser, bytes: ByteArray, elements: DataSet['elements']);
  }
}
