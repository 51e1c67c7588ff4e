export {
  type InspectorOptions,
  type InspectorServer,
  serveInspector,
} from "./serve-inspector.ts";
