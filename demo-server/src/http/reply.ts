/** An HTTP answer before it is sent. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function json(value: unknown, status = 200, contentType = 'application/json'): Reply {
  return { status, contentType, body: JSON.stringify(value) };
}

export function message(status: number, sentence: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}
