import * as react from 'react';
import * as reactDom from 'react-dom';
import * as jsxRuntime from 'react/jsx-runtime';

export { createRoot } from 'react-dom/client';

/** React 19 under the names of the globals by which OHIF shares it. */
export const REACT_19 = { react, 'react-dom': reactDom, 'react/jsx-runtime': jsxRuntime };
