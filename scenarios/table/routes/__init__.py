"""What can be asked over HTTP, one file a subject: each has a tuple `CALLS`. `scenarios.table.app` puts them together,
and docs/serve.openapi.json is made of them."""
