// Starts Swagger UI on /docs: it loads this host's document, stores no token, and contacts no external validator.
"use strict";

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  docExpansion: "none", // rendering all operations at once takes seconds
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  queryConfigEnabled: false, // no `?url=`: a link must not show another document under our name
  validatorUrl: null,
});
