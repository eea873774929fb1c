/** An error as plain data: threads copy no class and no own fields of errors. */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly retry: string | undefined;
  readonly stack: string | undefined;
  readonly cause: CarriedError | undefined;
}

/** Longer chains of causes are cut: a cause may lead back to itself. */
const MAX_CAUSES = 8;

export function carryError(error: unknown, depth = 0): CarriedError {
  const { name, message, stack, cause } =
    error instanceof Error ? error : new Error(`not an error was thrown: ${String(error)}`);
  return {
    name,
    message,
    stack,
    code: textField(error, "code"),
    retry: textField(error, "retry"),
    cause: cause === undefined || depth === MAX_CAUSES ? undefined : carryError(cause, depth + 1),
  };
}

/** An error that reads like the worker's own: class name, code and advice decide what is made of it. */
export function uncarryError({ cause, ...fields }: CarriedError): Error {
  const error = new Error(
    fields.message,
    cause === undefined ? undefined : { cause: uncarryError(cause) },
  );
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.assign(error, Object.fromEntries(present));
}

function textField(error: unknown, name: "code" | "retry"): string | undefined {
  const value: unknown = error instanceof Error && Reflect.get(error, name);
  return typeof value === "string" ? value : undefined;
}
