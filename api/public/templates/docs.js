// Starts Swagger UI on /docs: it reads the document of this host, stores no token, and asks no validator elsewhere.
"use strict";

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  docExpansion: "none", // drawing all operations at once takes seconds
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  queryConfigEnabled: false, // no `?url=`: a link must not show another document under our name
  validatorUrl: null,
});
