// Package docscheck holds the documents to the source: codes that programs rely on stand in docs/problems.md, libraries in
// docs/decisions/0006-libraries.md, floors in ARCHITECTURE.md, and no link between documents leads nowhere. It reads files
// and runs as an ordinary test.
package docscheck
