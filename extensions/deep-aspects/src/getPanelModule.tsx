import { inOwnRoot } from './viewer/mount/OwnRoot';

export default function getPanelModule() {
  return [
    {
      name: 'aspects',
      iconName: 'tab-segmentation',
      iconLabel: 'ASPECTS',
      label: 'ASPECTS',
      component: inOwnRoot(() => <p style={{ padding: 12 }}>ASPECTS</p>),
    },
  ];
}
