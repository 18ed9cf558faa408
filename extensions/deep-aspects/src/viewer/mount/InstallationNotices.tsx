import { useEffect, useState, type CSSProperties } from 'react';
import type { InstallationNotice } from '../installation/checkInstallation';

const BOX: CSSProperties = { margin: 8, padding: 8, borderRadius: 6, fontSize: 13, lineHeight: 1.4, border: '1px solid' };
const STYLES: Readonly<Record<InstallationNotice['severity'], CSSProperties>> = {
  error: { ...BOX, color: '#ffb4a8', borderColor: '#a8483a', background: '#2b0f0b' },
  hint: { ...BOX, color: '#b3c2d6', borderColor: '#22365a', background: '#0c1a33' },
};

/** What is wrong with the installation, above the panel; nothing where all is well. */
export function InstallationNotices({ check }: { readonly check: () => Promise<readonly InstallationNotice[]> }) {
  const [notices, setNotices] = useState<readonly InstallationNotice[]>([]);
  useEffect(() => {
    let mounted = true;
    void check().then(found => mounted && setNotices(found));
    return () => {
      mounted = false;
    };
  }, [check]);
  return (
    <>
      {notices.map(({ code, severity, message }) => (
        <p
          key={code}
          role={severity === 'error' ? 'alert' : 'note'}
          data-cy="aspects-installation"
          data-code={code}
          style={STYLES[severity]}
        >
          {message}
        </p>
      ))}
    </>
  );
}
