// A file of its own: the page's Content-Security-Policy allows no inline script.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null, // else a badge is fetched from another site
});
