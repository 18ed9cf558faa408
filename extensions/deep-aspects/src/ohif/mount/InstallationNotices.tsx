import { useEffect, useState, useSyncExternalStore, type CSSProperties, type ReactNode } from 'react';
import type { AspectsPanelProps } from '../../panel/AspectsPanel';
import type { InstallationNotice } from '../installation/checkInstallation';

const BOX: CSSProperties = {
  margin: 8,
  padding: 8,
  borderRadius: 6,
  fontSize: 13,
  lineHeight: 1.4,
  border: '1px solid',
};
const STYLES: Readonly<Record<InstallationNotice['severity'], CSSProperties>> = {
  error: { ...BOX, color: '#ffb4a8', borderColor: '#a8483a', background: '#2b0f0b' },
  // Small: below a reading, it must not take the room of one.
  hint: {
    margin: 0,
    padding: '2px 8px',
    fontSize: 11,
    lineHeight: 1.3,
    color: '#b3c2d6',
    background: '#050c1c',
  },
};

interface InstallationNoticesProps {
  readonly check: () => Promise<readonly InstallationNotice[]>;
  readonly watch: AspectsPanelProps['watch'];
  readonly children: ReactNode;
}

/**
 * The panel, with what must be mended in the installation above it and what might be better below it: this as
 * long as there is no result, which then is what counts.
 */
export function InstallationNotices({ check, watch, children }: InstallationNoticesProps) {
  const [notices, setNotices] = useState<readonly InstallationNotice[]>([]);
  const hasResult = useSyncExternalStore(watch.subscribe, () => watch.getSnapshot().draft !== null);
  useEffect(() => {
    let mounted = true;
    void check().then(found => mounted && setNotices(found));
    return () => {
      mounted = false;
    };
  }, [check]);
  return (
    <>
      {notices.filter(({ severity }) => severity === 'error').map(draw)}
      {children}
      {!hasResult && notices.filter(({ severity }) => severity === 'hint').map(draw)}
    </>
  );
}

function draw({ code, severity, message }: InstallationNotice) {
  const role = severity === 'error' ? 'alert' : 'note';
  return (
    <p key={code} role={role} data-cy="aspects-installation" data-code={code} style={STYLES[severity]}>
      {message}
    </p>
  );
}
