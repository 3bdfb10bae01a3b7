// A model's name as it fits into a small place.

const MOST = 24;

/** Of `http://127.0.0.1:8080/v1#org/qwen` or `qwen at 127.0.0.1:8080` only `qwen`. */
export function modelName(model: string): string {
  const name = model.slice(model.lastIndexOf('#') + 1).replace(/ at \S+$/, '').replace(/^.*\//, '');
  return name.length > MOST ? `${name.slice(0, MOST - 1)}…` : name;
}
