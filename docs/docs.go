// Package docs holds the manual, so that the exporter can show it.
package docs

import "embed"

// Files is the manual: one Markdown file a page.
//
//go:embed *.md
var Files embed.FS
