// Sends a request by the types of a model's document, and prints the answer.
import createClient from "openapi-fetch";
import type { paths } from "./document.js";

declare const process: { argv: string[]; exit(status: number): never };

type Request = paths["/predict"]["post"]["requestBody"]["content"]["application/json"];

const [, , baseUrl = "", request = ""] = process.argv;
const client = createClient<paths>({ baseUrl });
const { data, error } = await client.POST("/predict", { body: JSON.parse(request) as Request });
if (error) {
  console.error(error.message);
  process.exit(1);
}
console.log(JSON.stringify(data));
