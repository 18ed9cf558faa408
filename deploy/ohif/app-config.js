window.config = {
  routerBasename: null,
  extensions: [],
  modes: [],
  showStudyList: true,
  defaultDataSourceName: 'orthanc',
  dataSources: [
    {
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'orthanc',
      configuration: {
        friendlyName: 'Orthanc',
        name: 'orthanc',
        wadoUriRoot: `${window.location.origin}/dicom-web`,
        qidoRoot: `${window.location.origin}/dicom-web`,
        wadoRoot: `${window.location.origin}/dicom-web`,
        qidoSupportsIncludeField: false,
        supportsStow: true,
        imageRendering: 'wadors',
        // The archive draws the previews of the worklist, the picture sheet among them.
        thumbnailRendering: 'rendered',
        thumbnailRequestStrategy: 'fetch',
        enableStudyLazyLoad: true,
        supportsWildcard: true,
        omitQuotationForMultipartRequest: true,
        bulkDataURI: { enabled: true },
      },
    },
  ],
  deepAspects: { statusUrl: '/scoring' },
};
