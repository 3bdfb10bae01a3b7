// The protocol's own TypeScript SDK as a client: `node judge.mjs PROJECT PROGRAM ARGUMENT...`.
// It writes one JSON object: what it saw. The builtin planner answers, so that nothing but Punie is needed.
import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { Readable, Writable } from "node:stream";
import * as acp from "@agentclientprotocol/sdk";

const [project, program, ...programArguments] = process.argv.slice(2);
const child = spawn(program, programArguments, { stdio: ["pipe", "pipe", "inherit"] });
const stream = acp.ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout));

const updates = [];
const permissions = [];
const forms = [];
let allow = true;

const client = acp
  .client({ name: "judge" })
  .onNotification(acp.methods.client.session.update, ({ params }) => {
    updates.push(params.update);
  })
  .onRequest(acp.methods.client.session.requestPermission, ({ params }) => {
    permissions.push(params);
    const kind = allow ? "allow_once" : "reject_once";
    const option = params.options.find((one) => one.kind === kind);
    return { outcome: { outcome: "selected", optionId: option.optionId } };
  })
  .onRequest(acp.methods.client.fs.readTextFile, async ({ params }) => ({
    content: await fs.readFile(params.path, "utf8"),
  }))
  .onRequest(acp.methods.client.elicitation.create, ({ params }) => {
    forms.push(params);
    const [first] = params.requestedSchema.properties.choice.oneOf;
    return { action: "accept", content: { choice: first.const } };
  });

const seen = {};

await client.connectWith(stream, async (agent) => {
  const { agent: A } = acp.methods;
  const initialized = await agent.request(A.initialize, {
    protocolVersion: acp.PROTOCOL_VERSION,
    clientInfo: { name: "judge", version: "1" },
    clientCapabilities: { fs: { readTextFile: true, writeTextFile: true }, elicitation: { form: {} } },
  });
  seen.version = initialized.protocolVersion;
  seen.agent = initialized.agentInfo.name;

  const { sessionId, modes, configOptions } = await agent.request(A.session.new, { cwd: project, mcpServers: [] });
  seen.modes = modes.availableModes.map((mode) => mode.id);
  seen.options = configOptions.map((option) => option.id);
  const say = (text, options) =>
    agent.request(A.session.prompt, { sessionId, prompt: [{ type: "text", text }] }, options);
  const file = path.join(project, "shop.py");

  seen.answer = (await say("find references to price")).stopReason;
  seen.renamed = (await say("rename price to cost")).stopReason;
  seen.written = (await fs.readFile(file, "utf8")).includes("def cost(");
  seen.permission = permissions[0].options.map((option) => option.kind);
  seen.diff = permissions[0].toolCall.content[0].type;
  await say("/undo");
  seen.undone = (await fs.readFile(file, "utf8")).includes("def price(");
  allow = false;
  await say("rename price to cost");
  seen.rejected = (await fs.readFile(file, "utf8")).includes("def price(");
  await say("/model");
  seen.forms = forms.length;

  await agent.request(A.session.setMode, { sessionId, modeId: "ask" });
  const set = { sessionId, configId: "mode", value: "auto" };
  const { configOptions: after } = await agent.request(A.session.setConfigOption, set);
  seen.mode = after.find((option) => option.id === "mode").currentValue;

  const quiet = updates.length;
  const running = say("fix all problems in the project");
  while (!updates.slice(quiet).some((update) => update.sessionUpdate === "tool_call"))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await agent.notify(A.session.cancel, { sessionId });
  seen.cancelled = (await running).stopReason;

  const { sessions } = await agent.request(A.session.list, { cwd: project });
  seen.listed = sessions.some((session) => session.sessionId === sessionId);
  const before = updates.length;
  await agent.request(A.session.load, { sessionId, cwd: project, mcpServers: [] });
  seen.replayed = updates.slice(before).filter((update) => update.sessionUpdate === "user_message_chunk").length;
  await agent.request(A.session.resume, { sessionId, cwd: project, mcpServers: [] });
  await agent.request(A.session.close, { sessionId });
  await agent.request(A.session.delete, { sessionId });
  const { sessions: left } = await agent.request(A.session.list, { cwd: project });
  seen.deleted = !left.some((session) => session.sessionId === sessionId);
  await agent.request(A.logout, {});
  seen.unknown = await agent.request("no/such/method", {}).then(
    () => 0,
    (error) => error.code,
  );
  seen.updates = [...new Set(updates.map((update) => update.sessionUpdate))].sort();
});

child.stdin.end();
await new Promise((resolve) => child.on("exit", resolve));
seen.status = child.exitCode;
process.stdout.write(`${JSON.stringify(seen)}\n`);
process.exit(0);
